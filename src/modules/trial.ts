// What is done about an image on trial after a start.
export { confirmTrial, settleTrial, tellImage, tryTrial } from "../device/trial";
