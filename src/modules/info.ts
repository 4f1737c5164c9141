// The texts of help and status.
export { helpLines } from "../device/help";
export { readStatus, statusLines } from "../device/status";
