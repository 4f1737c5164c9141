// The commands about shadows.
export { desireCommand as desire, getCommand as get, onDeltaCommand as onDelta, removeCommand as remove, reportCommand as report } from "../device/shadow";
