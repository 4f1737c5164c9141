// Before a connection, if the settings say that the board takes jobs or messages with work.
export { readyJobs } from "../device/jobsReady";
