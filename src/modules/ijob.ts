// The listener for jobs and messages with work. Loaded with the first connection, if the settings say so, and kept.
export { begin } from "../device/jobs";
