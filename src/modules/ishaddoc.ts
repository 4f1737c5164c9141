// Documents of shadows: written before a question, read after it.
export { readShadow, updateDocument } from "../iot/shadowDocument";
