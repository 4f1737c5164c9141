// The subscription to the deltas of a shadow.
export { onDeltaCommand as onDelta } from "../device/shadowDeltas";
