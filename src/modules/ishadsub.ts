// The subscription to the deltas of a shadow.
export { hearDeltas } from "../device/shadowDeltas";
