// The end of a connection to a broker. Loaded for a moment each time.
export { ended, ending, interrupted, leave, violated } from "../mqtt/turns/end";
