// The link to AWS IoT: device.connect and disconnect, and how it gives way to transfers. Loaded as long as there is a link.
export { connectCommand as connect, disconnectCommand as disconnect, pauseLink, resumeLink } from "../device/iot";
