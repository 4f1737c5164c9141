// Topics of messages. Loaded for a moment each time.
export { known, topicFault } from "../mqtt/turns/name";
