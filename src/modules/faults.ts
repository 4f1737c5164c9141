// Faults: for device.status(), and when they are written to flash.
export { keep, tellFaults } from "../device/boot/faults";
