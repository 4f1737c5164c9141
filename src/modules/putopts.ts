// The options of device.put: loaded while they are read.
export { readPutOptions } from "../s3/putOptions";
