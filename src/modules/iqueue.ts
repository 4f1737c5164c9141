// Messages that wait in flash. Loaded when one is to be kept, or when a link is up and something waits.
export { enqueue, queuedNames, sendNext } from "../iot/queue";
