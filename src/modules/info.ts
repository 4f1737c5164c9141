// What a person reads when lost: device.help().
export { helpCommand as help } from "../device/help";
