// Uploads in parts, with a journal; the options of put; device.resume().
export { resume, upload } from "../device/uploads";
