// Downloads that survive a power cut, are verified and take options. Without this module in flash device.get is a plain one.
export { continueDownload, downloadObject as download } from "../device/download";
export { wantedFault } from "../s3/downloads/range";
