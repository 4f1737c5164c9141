// The socket of a link to AWS IoT, and what waits for the broker. Loaded as long as there is a link.
export { announcing, dial } from "../iot/dial";
