// The end of the link to AWS IoT: device.disconnect, and how it gives way to a transfer. Loaded beside the link.
export { disconnectCommand as disconnect, pauseLink } from "../device/iotEnd";
