// What time brings to a connection to a broker. Loaded for a moment each time.
export { count, look, opened, sum, waken, watch } from "../mqtt/turns/look";
