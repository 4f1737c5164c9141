// AWS IoT's limits of rate, where a test asks for them (AWS IoT Core quotas: CONNECT per client id, publishes per connection, shadow requests
// per thing, requests to the credentials provider).

/** Takes at most `rate` in any second for each key; what is more is refused, and noted. */
export class Throttle {
  /** None: all are taken. */
  rate = Infinity;
  /** When what was refused came, milliseconds of a clock of its own. */
  readonly refused: number[] = [];
  /** The same of what was taken. */
  readonly taken: number[] = [];
  private readonly recent = new Map<string, number[]>();

  take(key = ""): boolean {
    const now = performance.now();
    const within = (this.recent.get(key) ?? []).filter((at) => at > now - 1000);
    const free = within.length < this.rate;
    if (free) within.push(now);
    this.recent.set(key, within);
    (free ? this.taken : this.refused).push(now);
    return free;
  }
}

/** All that AWS IoT throttles, but the credentials provider, which has its own. */
export class IotThrottles {
  /** By client id: a CONNECT beyond it is closed, without CONNACK. AWS takes 1. */
  readonly connects = new Throttle();
  /** By client id: a PUBLISH beyond it is thrown away, and not acknowledged. AWS takes 100 of a connection. */
  readonly publishes = new Throttle();
  /** By thing: 429 by HTTPS and MQTT. AWS takes 20. */
  readonly shadows = new Throttle();
}
