// device.publish by HTTPS.
export { publishByRest } from "../device/publishRest";
