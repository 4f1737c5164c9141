// device.resume(): what was left unfinished goes on.
export { resumeCommand as resume } from "../device/resume";
