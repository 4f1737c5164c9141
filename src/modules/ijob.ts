// The listener for jobs and messages with work. Loaded before the first connection, if the settings say so, and kept.
export { listen } from "../device/jobs";
