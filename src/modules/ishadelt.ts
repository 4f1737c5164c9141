// What hears of the deltas of a shadow. Loaded as long as somebody listens.
export { deltaListener } from "../iot/shadowDelta";
