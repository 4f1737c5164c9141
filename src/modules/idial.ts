// The socket of a link to AWS IoT, and what waits for the broker. Loaded until there is a link, and for a moment when it is up.
export { linkRefused, linkUp } from "../device/iotUp";
export { announcing, dial } from "../iot/dial";
