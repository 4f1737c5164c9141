// Trouble on demand: what the next MQTT connections meet. For tests.

export type MqttFault =
  /** CONNECT is answered with this code (1 to 5, or AWS's 7) and closed; without a code the connection just closes. */
  | { kind: "refuse"; code?: number }
  /** CONNACK comes so late. */
  | { kind: "delayConnack"; milliseconds: number }
  /** The connection breaks, or goes silent, when so many packets have come after CONNECT. */
  | { kind: "drop" | "stall"; afterPackets: number }
  /** Packets of this kind, the first `count` (default 1), are not sent: "puback", "suback", "pingresp", "publish" ... */
  | { kind: "swallow"; packet: string; count?: number }
  /** The next message is delivered twice, at QoS 1 with another packet id and without DUP, as AWS may do. */
  | { kind: "duplicate" };

/** Which connections a fault waits for; all when empty. */
export interface MqttFaultTarget {
  clientId?: string;
  /** So many CONNECTs that fit go by unharmed first; default 0. */
  skip?: number;
  /** So many CONNECTs meet it; default 1. */
  times?: number;
}

export class MqttFaults {
  private waiting: { fault: MqttFault; target: MqttFaultTarget; skip: number; times: number }[] = [];

  /** The next connection that fits `target` meets `fault`. */
  next(fault: MqttFault, target: MqttFaultTarget = {}): void {
    this.waiting.push({ fault, target, skip: target.skip ?? 0, times: target.times ?? 1 });
  }

  clear(): void {
    this.waiting = [];
  }

  /** All that this connection meets. */
  take(clientId: string): MqttFault[] {
    const met: MqttFault[] = [];
    for (const one of this.waiting) {
      if ((one.target.clientId ?? clientId) !== clientId) continue;
      if (one.skip-- > 0) continue;
      one.times--;
      met.push(one.fault);
    }
    this.waiting = this.waiting.filter((one) => one.times > 0);
    return met;
  }
}
