// The answer of AWS IoT's credentials provider: loaded when it is there and the connection is closed.
export { take } from "../device/credentialsTaken";
