// What a broker answers and is asked. Loaded for a moment each time.
export { packet, pubrel, request } from "../mqtt/turns/answer";
