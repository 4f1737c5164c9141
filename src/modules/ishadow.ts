// The commands about shadows.
export { desireCommand as desire, getCommand as get, removeCommand as remove, reportCommand as report } from "../device/shadow";
