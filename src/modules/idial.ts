// The socket of a link to AWS IoT. Loaded as long as there is one.
export { dial } from "../iot/dial";
