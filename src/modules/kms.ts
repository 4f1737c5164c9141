// What is asked of KMS: device.aliases.
export { aliasesCommand as aliases } from "../device/aliases";
