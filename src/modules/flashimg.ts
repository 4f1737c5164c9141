// Writes a verified image to flash.
export { installImage } from "../device/install";
