// Listens as long as the board works by itself, and wakes its steps. The only one of the boot's modules that stays.
export { watch } from "../device/boot/watch";
