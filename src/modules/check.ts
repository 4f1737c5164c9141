// What is wrong with the settings: loaded for a moment before each command.
export { checkSettings, settingsFailure } from "../device/settings/check";
