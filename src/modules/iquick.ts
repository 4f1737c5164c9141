// Messages without a detour. Loaded while there is a link, on boards with much memory.
export { quickPublish } from "../iot/quick";
