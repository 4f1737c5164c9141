// The names of the named shadows.
export { listCommand as list } from "../device/shadowList";
