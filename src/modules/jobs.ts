// Jobs of AWS IoT and messages with work: what happens at an event. Loaded for one event.
export { jobEvent } from "../device/jobEvents";
