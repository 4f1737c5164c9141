// device.update: from the key to the restart.
export { updateCommand as update } from "../device/update";
