// What happens seldom in a connection to a broker. Loaded for a moment each time.
export { count, ended, ending, interrupted, known, leave, look, opened, packet, release, request, sum, topicFault, violated, waken, watch } from "../mqtt/turns";
