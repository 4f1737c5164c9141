// Topics and filters as AWS IoT takes them (developer guide, "MQTT topics" and "Reserved topics"; AWS IoT Core quotas).

export const LIMITS = {
  payloadBytes: 131_072,
  topicBytes: 256,
  topicSlashes: 7,
  clientIdBytes: 128,
  filtersPerSubscribe: 8,
  subscriptionsPerConnection: 50,
  /** Seconds. */
  keepAlive: { least: 30, most: 1200 },
};

/** What is wrong with a topic to publish on or, with `filter`, to subscribe to; `undefined` if nothing is. */
export function topicFault(topic: string, filter: boolean): string | undefined {
  if (topic === "") return "empty topic";
  if (topic.includes("\0")) return "topic with U+0000";
  const counted = filter ? topic : topic.replace(/^\$aws\/rules\/[^/]+\//, "");
  if (Buffer.byteLength(counted) > LIMITS.topicBytes) return `topic over ${LIMITS.topicBytes} bytes`;
  if (counted.split("/").length - 1 > LIMITS.topicSlashes) return `topic with more than ${LIMITS.topicSlashes} slashes`;
  if (!filter) return /[+#]/.test(topic) ? "wildcard in a topic" : undefined;
  const levels = topic.split("/");
  return levels.every((level, at) => level === "+" || (level === "#" && at === levels.length - 1) || !/[+#]/.test(level)) ? undefined : "misplaced wildcard";
}

export const SHADOW_TOPIC = /^\$aws\/things\/([a-zA-Z0-9:_-]{1,128})\/shadow(?:\/name\/([$a-zA-Z0-9:_-]{1,64}))?\/(get|update|delete)$/;
export const JOBS_TOPIC = /^\$aws\/things\/([a-zA-Z0-9:_-]{1,128})\/jobs\/(.+)$/;

/** Whether AWS lets a device publish there: a topic of its own, or a request to one of the services. */
export function isPublishable(topic: string): boolean {
  if (!topic.startsWith("$")) return true;
  if (/^\$aws\/rules\/[^/]+\/./.test(topic) || SHADOW_TOPIC.test(topic)) return true;
  return JOBS_TOPIC.test(topic) && !/\/(accepted|rejected|notify|notify-next)$/.test(topic);
}

/** Whether AWS lets a device subscribe there. */
export function isSubscribable(filter: string): boolean {
  return !filter.startsWith("$") || /^\$aws\/(things\/[^/]+\/(shadow|jobs|streams|tunnels)\/.|events\/.)/.test(filter);
}

/** Whether a topic that the broker found for a filter fits it at AWS: "a/#" does not fit "a". */
export function fits(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (const [at, level] of wanted.entries()) {
    if (level === "#") return levels.length > at;
    if (levels[at] === undefined || (level !== "+" && level !== levels[at])) return false;
  }
  return wanted.length === levels.length;
}
