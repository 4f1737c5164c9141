// What is done to objects without their bytes: device.head, device.list, device.remove.
export { headCommand as head, listCommand as list, removeCommand as remove } from "../device/objects";
