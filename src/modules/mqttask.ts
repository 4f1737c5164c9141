// What a broker answers and is asked. Loaded for a moment each time.
export { packet, release, request } from "../mqtt/turns/answer";
