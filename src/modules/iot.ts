// The care of the link to AWS IoT: device.connect and disconnect, what follows a loss, and how it gives way to transfers.
export { connectCommand as connect, disconnectCommand as disconnect, linkDown, linkUp, pauseLink, wakeLink } from "../device/iot";
