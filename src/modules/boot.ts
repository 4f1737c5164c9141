// After power on: decides whether the board works by itself. Loaded for a moment.
export { start } from "../device/boot/start";
