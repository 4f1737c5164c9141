// What is between two uploads of logs.
export { shipStep as step } from "../device/shipStep";
