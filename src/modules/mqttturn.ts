// What happens seldom in a connection to a broker. Loaded for a moment each time.
export { ended, ending, fits, interrupted, known, leave, look, opened, packet, release, request, say, sum, topicFault, violated, waken, watch } from "../mqtt/turns";
