// device.publish.
export { publishCommand as publish } from "../device/messages";
