// Sends what waits in flash. Loaded when a link is up and something waits.
export { sendNext } from "../iot/queue";
