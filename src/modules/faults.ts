// Faults: for device.status(), and when they are written to flash.
export { keep, tellFaults, unstick } from "../device/boot/faults";
