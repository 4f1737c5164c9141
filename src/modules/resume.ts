// device.resume(), and the end of an upload in parts that is sent in one piece instead.
export { dropUpload, resumeCommand as resume } from "../device/resume";
