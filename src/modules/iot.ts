// The care of the link to AWS IoT: device.connect, what follows a loss, and the way back after a transfer.
export { connectCommand as connect, linkDown, wakeLink } from "../device/iot";
