// Chooses the next step of a board that works by itself. Loaded for a moment.
export { go } from "../device/boot/steps";
