// What a person reads when lost: device.help() and device.why().
export { helpCommand as help } from "../device/help";
export { whyCommand as why } from "../device/why";
