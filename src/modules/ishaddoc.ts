// Documents of shadows: written before a question, read after it, and why it was refused.
export { understood } from "../device/shadowAnswer";
export { updateDocument } from "../iot/shadowDocument";
