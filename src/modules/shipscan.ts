// Looks at the directory of logs: loaded before the uploads of a batch.
export { scanStep as step } from "../device/shipScan";
