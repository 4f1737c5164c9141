// What happens seldom in a connection to a broker. Loaded for a moment each time.
export { ended, fail, fits, interrupted, known, leave, look, opened, packet, release, request, say, sum, topicFault, violated, watch } from "../mqtt/turns";
