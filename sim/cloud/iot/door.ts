// One MQTT connection, between the client's socket and the broker: lets through what AWS IoT lets through, and closes on the rest, as
// AWS does, without a word (AWS IoT developer guide, "AWS IoT differences from MQTT specifications"; quotas).
import { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { generate, type IConnectPacket, type IPublishPacket, type ISubscribePacket, type Packet } from "mqtt-packet";
import { connectCode, longestSilence, publishFault, subscribeFault, willFault } from "./admission";
import type { MqttFault } from "./faults";
import { BadPacket, Framer, type Framed } from "./packets";
import type { DoorKeeper } from "./keeper";
import type { Asker, IotAction } from "./policy";
import { LIMITS } from "./topics";

export class Door extends Duplex {
  clientId = "";
  /** Filters of the last SUBSCRIBE: retained messages are for these. */
  lastFilters: string[] = [];
  /** Numbers of the broker's messages that went this way: one that fits two filters is sent once. */
  readonly seen = new Set<number>();
  /** Why the connection is about to end, if that is known. */
  ending: string | undefined;
  private readonly fromClient = new Framer();
  private readonly fromBroker = new Framer();
  private connect: IConnectPacket | undefined;
  private connected = false;
  private reason: string | undefined;
  private faults: MqttFault[] = [];
  private packets = 0;
  private stalled = false;
  private silence: NodeJS.Timeout | undefined;
  private readonly filters = new Set<string>();
  /** Ids of SUBSCRIBEs with what the policy denies in them. */
  private readonly denied = new Map<number, boolean[]>();

  constructor(private readonly socket: TLSSocket, private readonly keeper: DoorKeeper) {
    super({ allowHalfOpen: false, emitClose: true });
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("close", () => this.shut("closed by the client"));
    socket.on("error", () => this.shut("connection lost"));
  }

  get asker(): Asker {
    return { clientId: this.clientId, thingName: this.keeper.thingName };
  }

  /** Breaks the connection: the first reason is the one that is told. */
  shut(reason: string): void {
    if (this.reason !== undefined) return;
    this.reason = this.ending ?? reason;
    clearTimeout(this.silence);
    this.keeper.closed(this, this.reason);
    // The broker first reads what came before, then ends the session, with the will if there was no DISCONNECT.
    this.push(null);
    setTimeout(() => this.destroy(), 1000).unref();
    // What was sent before, such as a CONNACK that refuses, still arrives.
    if (this.socket.destroyed) return;
    this.socket.end();
    setTimeout(() => this.socket.destroy(), 200).unref();
  }

  /** Sends bytes past all rules. */
  inject(bytes: Buffer): void {
    if (!this.stalled) this.socket.write(bytes);
  }

  /** A service answers this client alone. */
  answer(topic: string, payload: Buffer): void {
    const packet: IPublishPacket = { cmd: "publish", topic, payload, qos: 0, dup: false, retain: false };
    this.deliver({ packet, bytes: generate(packet) });
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error) => void): void {
    for (const one of this.fromBroker.feed(bytes)) this.deliver(one);
    if (this.socket.writableNeedDrain) this.socket.once("drain", done);
    else done();
  }

  override _final(done: () => void): void {
    this.shut("closed by the broker");
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.shut(error?.message ?? "closed by the broker");
    done(null);
  }

  private receive(bytes: Buffer): void {
    if (this.reason !== undefined || this.stalled) return;
    try {
      for (const one of this.fromClient.feed(bytes)) {
        this.keeper.record({ clientId: this.clientId, way: "in", packet: one.packet });
        this.admit(one);
        if (this.reason !== undefined || this.stalled) return;
      }
    } catch (error) {
      if (!(error instanceof BadPacket)) throw error;
      this.shut(error.message);
    }
  }

  /** Passes a packet on to the broker, or closes. */
  private admit({ packet, bytes }: Framed): void {
    if (this.connect === undefined) return packet.cmd === "connect" ? this.welcome(packet) : this.shut("first packet is not CONNECT");
    if (!this.connected) return this.shut(`${packet.cmd} before CONNACK`);
    this.packets++;
    for (const fault of this.faults) {
      if ((fault.kind !== "drop" && fault.kind !== "stall") || this.packets < fault.afterPackets) continue;
      if (fault.kind === "drop") return this.shut("fault: dropped");
      this.stalled = true;
      return;
    }
    this.watchSilence();
    if (packet.cmd === "puback") this.keeper.unacknowledged(this.clientId).delete(packet.messageId ?? 0);
    const fault = this.objection(packet);
    if (fault !== undefined) return this.shut(fault);
    // Beyond its rate AWS throws messages away, and goes on (quotas, "Publish requests per second per connection").
    if (packet.cmd === "publish" && !this.keeper.takes("publishes", this.clientId)) return;
    this.push(packet.cmd === "subscribe" ? this.subscribing(packet, bytes) : bytes);
  }

  private welcome(connect: IConnectPacket): void {
    if (!this.keeper.takes("connects", connect.clientId)) return this.shut("CONNECT beyond one a second");
    this.clientId = connect.clientId;
    const code = connectCode(connect, this.allows);
    if (code !== 0) return this.refuse(code);
    const fault = willFault(connect.will, this.allows);
    if (fault !== undefined) return this.shut(fault);
    this.connect = connect;
    this.faults = this.keeper.arrived(this, connect);
    const refusal = this.faults.find((one) => one.kind === "refuse");
    if (refusal !== undefined) return refusal.code === undefined ? this.shut("fault: no CONNACK") : this.refuse(refusal.code);
    this.watchSilence();
    // The keep alive is watched here, within AWS's bounds; the broker has none.
    const forwarded = generate({ ...connect, keepalive: 0 });
    const delay = this.faults.find((one) => one.kind === "delayConnack");
    if (delay === undefined) this.push(forwarded);
    else setTimeout(() => this.reason === undefined && this.push(forwarded), delay.milliseconds);
  }

  private refuse(code: number): void {
    this.send({ cmd: "connack", returnCode: code, sessionPresent: false });
    this.shut(`refused with code ${code}`);
  }

  /** Why AWS closes the connection on this packet. */
  private objection(packet: Packet): string | undefined {
    switch (packet.cmd) {
      case "publish":
        return publishFault(packet, this.allows);
      case "subscribe":
        return this.subscribeObjection(packet);
      case "unsubscribe":
        for (const filter of packet.unsubscriptions) this.filters.delete(filter);
        return packet.unsubscriptions.length > LIMITS.filtersPerSubscribe ? "too many filters in UNSUBSCRIBE" : undefined;
      case "puback":
      case "pingreq":
        return undefined;
      case "disconnect":
        this.ending = "DISCONNECT";
        return undefined;
      default:
        return `unexpected ${packet.cmd}`;
    }
  }

  private subscribeObjection({ subscriptions, messageId }: ISubscribePacket): string | undefined {
    const fault = subscribeFault(subscriptions);
    if (fault !== undefined) return fault;
    const denied = subscriptions.map(({ topic }) => !this.allows("iot:Subscribe", `topicfilter/${topic}`));
    if (denied.includes(true) && this.keeper.deniedSubscribe === "close") return "SUBSCRIBE denied by the policy";
    if (denied.includes(true)) this.denied.set(messageId ?? 0, denied);
    this.lastFilters = subscriptions.map(({ topic }) => topic);
    this.lastFilters.forEach((filter, at) => denied[at] || this.filters.add(filter));
    return this.filters.size > LIMITS.subscriptionsPerConnection ? "too many subscriptions" : undefined;
  }

  private readonly allows = (action: IotAction, resource: string): boolean => this.keeper.allows(action, resource, this.asker);

  /** The SUBSCRIBE without the filters that the policy denies; the SUBACK gets their codes back. */
  private subscribing(packet: ISubscribePacket, bytes: Buffer): Buffer | null {
    const denied = this.denied.get(packet.messageId ?? 0);
    if (denied === undefined) return bytes;
    const subscriptions = packet.subscriptions.filter((_, at) => !denied[at]);
    if (subscriptions.length > 0) return generate({ ...packet, subscriptions });
    this.deliver({ packet: { cmd: "suback", messageId: packet.messageId ?? 0, granted: [] }, bytes: Buffer.alloc(0) });
    return Buffer.alloc(0);
  }

  /** Sends on what the broker sends, unless a fault has it otherwise. */
  private deliver({ packet, bytes }: Framed): void {
    if (this.reason !== undefined) return;
    if (packet.cmd === "connack") return this.confirm(packet.returnCode ?? 0);
    const swallow = this.faults.find((one) => one.kind === "swallow" && one.packet === packet.cmd && (one.count ?? 1) > 0);
    if (swallow?.kind === "swallow") {
      swallow.count = (swallow.count ?? 1) - 1;
      return;
    }
    if (packet.cmd === "suback") {
      const denied = this.denied.get(packet.messageId ?? 0);
      this.denied.delete(packet.messageId ?? 0);
      const granted = [...(packet.granted as number[])];
      return this.send(denied === undefined ? packet : { ...packet, granted: denied.map((no) => (no ? 128 : granted.shift()!)) });
    }
    if (packet.cmd === "publish" && packet.qos > 0) {
      const sent = this.keeper.unacknowledged(this.clientId);
      // [MQTT-3.3.1-1]
      packet.dup = sent.has(packet.messageId ?? 0);
      sent.add(packet.messageId ?? 0);
    }
    this.send(packet, packet.cmd === "publish" && packet.dup ? generate(packet) : bytes);
    const twice = packet.cmd === "publish" ? this.faults.findIndex((one) => one.kind === "duplicate") : -1;
    if (twice < 0 || packet.cmd !== "publish") return;
    this.faults.splice(twice, 1);
    const again = { ...packet, dup: false };
    // Far from the ids that the broker is about to use: it does not know this one, and takes no notice of its PUBACK.
    if (packet.qos > 0) again.messageId = (((packet.messageId ?? 0) + 32_768) % 65_535) + 1;
    this.send(again);
  }

  private confirm(returnCode: number): void {
    this.connected = returnCode === 0;
    this.send({ cmd: "connack", returnCode, sessionPresent: this.connected && this.connect !== undefined && this.keeper.sessionPresent(this.connect) });
  }

  private send(packet: Packet, bytes = generate(packet)): void {
    this.keeper.record({ clientId: this.clientId, way: "out", packet });
    this.inject(bytes);
  }

  /** [MQTT-3.1.2-24], within AWS's bounds. */
  private watchSilence(): void {
    clearTimeout(this.silence);
    const seconds = longestSilence(this.connect?.keepalive ?? 0);
    this.silence = setTimeout(() => this.shut("keep alive"), seconds * this.keeper.second).unref();
  }
}
