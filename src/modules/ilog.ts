// device.log: runs beside transfers, and is loaded for a moment at most five times a second.
export { logCommand as log } from "../device/log";
