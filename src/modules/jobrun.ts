// The transfer of a job or of a message with work.
export { run } from "../device/jobRun";
