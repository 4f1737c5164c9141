// The message broker of AWS IoT: aedes behind mutual TLS, each connection through a door that has AWS's manners.
import { constants } from "node:crypto";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { Aedes, type AedesPublishPacket, type Client } from "aedes";
import type { IConnectPacket } from "mqtt-packet";
import { TLS, type ServerCertificate } from "../https";
import { Door } from "./door";
import type { MqttRecord } from "./keeper";
import { MqttFaults } from "./faults";
import type { IotPolicy } from "./policy";
import type { Registry } from "./registry";
import type { IotThrottles } from "./throttle";
import { fits } from "./topics";

export interface BrokerOptions {
  host: string;
  /** 0: a free one. */
  port: number;
  /** With `clientCa`: the root of the devices. */
  certificate: ServerCertificate;
  registry: Registry;
  policy: IotPolicy;
  throttles: IotThrottles;
}

/** A message as it came, by MQTT, HTTPS or from the cloud itself. */
export interface IotMessage {
  topic: string;
  payload: Buffer;
  qos: 0 | 1;
  retain: boolean;
  /** Of who published it by MQTT. */
  clientId: string | undefined;
}

/** Answers only the client that asked, subscribed or not. */
export type Reply = (topic: string, payload: string) => void;

export class MqttBroker {
  readonly faults = new MqttFaults();
  /** Every packet so far, oldest first. */
  readonly packets: MqttRecord[] = [];
  /** Connections that ended, oldest first, and why. */
  readonly closings: { clientId: string; reason: string }[] = [];
  /** Every message so far but the broker's own, oldest first. */
  readonly messages: IotMessage[] = [];
  /** "refuse": what the policy denies gets the code 128 in SUBACK, as AWS was seen to do as well. */
  deniedSubscribe: "close" | "refuse" = "close";
  /** Milliseconds that a second of keep alive lasts. */
  second = 1000;
  /** Called for every message after it was delivered. */
  onMessage: (message: IotMessage, reply: Reply) => void = () => {};
  private readonly server: Server;
  private broker: Aedes | undefined;
  private readonly connections = new Set<Socket>();
  private readonly doors = new Set<Door>();
  private readonly sessions = new Set<string>();
  private readonly sent = new Map<string, Set<number>>();

  constructor(private readonly options: BrokerOptions) {
    // AWS IoT knows no session tickets: every connection is a full handshake.
    this.server = createServer({ ...TLS, ...options.certificate, ca: options.certificate.clientCa, requestCert: true, rejectUnauthorized: true, secureOptions: constants.SSL_OP_NO_TICKET });
    this.server.on("tlsClientError", () => {});
    this.server.on("connection", (socket: Socket) => {
      this.connections.add(socket);
      socket.on("close", () => this.connections.delete(socket)).on("error", () => {});
    });
    this.server.on("secureConnection", (socket) => this.open(socket));
  }

  get host(): string {
    return this.options.host;
  }
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ids of the clients that are connected. */
  clients(): string[] {
    return [...this.doors].flatMap(({ clientId }) => (clientId === "" ? [] : [clientId]));
  }

  /** A message from the cloud. */
  publish(topic: string, payload: string | Buffer, { qos = 0, retain = false }: { qos?: 0 | 1; retain?: boolean } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.broker === undefined) return reject(new Error("The broker does not listen yet."));
      this.broker.publish({ cmd: "publish", topic, payload: Buffer.from(payload), qos, retain, dup: false }, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Breaks the connections of one client, or of all. */
  drop(clientId?: string): void {
    for (const door of [...this.doors]) if ((clientId ?? door.clientId) === door.clientId) door.shut("dropped by the test");
  }

  /** Sends bytes to a client past all rules. */
  inject(clientId: string, bytes: Buffer): void {
    for (const door of this.doors) if (door.clientId === clientId) door.inject(bytes);
  }

  /** A kept session runs out. */
  async forgetSession(clientId: string): Promise<void> {
    this.sessions.delete(clientId);
    this.sent.delete(clientId);
    const { persistence } = this.broker as unknown as { persistence: Persistence };
    await persistence.cleanSubscriptions({ id: clientId });
    for await (const packet of persistence.outgoingStream({ id: clientId })) await persistence.outgoingClearMessageId({ id: clientId }, packet);
  }

  async listen(): Promise<void> {
    const { host, port } = this.options;
    this.broker = await Aedes.createBroker({
      authorizePublish: (_client, _packet, done) => done(null),
      authorizeForward: (client, packet) => (this.mayReceive(client, packet) ? packet : null),
      published: (packet, client, done) => {
        this.published(packet, client);
        done();
      },
    });
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, resolve);
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const door of [...this.doors]) door.shut("the cloud closes");
    for (const socket of this.connections) socket.destroy();
    await new Promise<void>((resolve) => (this.broker === undefined ? resolve() : this.broker.close(resolve)));
    await closed;
  }

  private open(socket: TLSSocket): void {
    socket.on("error", () => {});
    const registration = this.options.registry.active(socket);
    if (registration === undefined) {
      this.closings.push({ clientId: "", reason: "certificate is inactive or unknown" });
      socket.end();
      return;
    }
    const broker = this;
    const door: Door = new Door(socket, {
      thingName: registration.things[0],
      allows: (action, resource, asker) => this.options.policy.allows(action, resource, asker),
      get deniedSubscribe() {
        return broker.deniedSubscribe;
      },
      get second() {
        return broker.second;
      },
      takes: (what, clientId) => this.options.throttles[what].take(clientId),
      arrived: (newcomer, connect) => this.arrived(newcomer, connect),
      sessionPresent: (connect) => this.sessionPresent(connect),
      unacknowledged: (clientId) => this.unacknowledged(clientId),
      record: (record) => this.packets.push(record),
      closed: ({ clientId }, reason) => {
        this.doors.delete(door);
        this.closings.push({ clientId, reason });
      },
    });
    this.doors.add(door);
    // aedes takes a message that was overtaken for one that was sent before, and drops it: `seen` is right instead.
    Object.assign(this.broker!.handle(door), { duplicates: new Proxy({}, { get: () => 0, set: () => true }) });
  }

  private arrived(newcomer: Door, { clientId }: IConnectPacket) {
    // The broker closes the older one.
    for (const door of this.doors) if (door !== newcomer && door.clientId === clientId) door.ending = "taken over by another connection";
    return this.faults.take(clientId);
  }

  /** Unlike aedes, a session without subscriptions is one. */
  private sessionPresent({ clientId, clean }: IConnectPacket): boolean {
    const present = clean === false && this.sessions.has(clientId);
    if (!present) this.sent.delete(clientId);
    if (clean === false) this.sessions.add(clientId);
    else this.sessions.delete(clientId);
    return present;
  }

  private unacknowledged(clientId: string): Set<number> {
    const ids = this.sent.get(clientId) ?? new Set<number>();
    this.sent.set(clientId, ids);
    return ids;
  }

  private mayReceive(client: Client, { topic, retain, brokerId, brokerCounter }: AedesPublishPacket): boolean {
    const door = client.conn as Door;
    if (brokerId && door.seen.has(brokerCounter)) return false;
    if (brokerId) door.seen.add(brokerCounter);
    const filters = retain ? door.lastFilters.filter((filter) => filter === topic) : Object.keys((client as unknown as { subscriptions: object }).subscriptions);
    return filters.some((filter) => fits(filter, topic)) && this.options.policy.allows("iot:Receive", `topic/${topic}`, door.asker);
  }

  private published({ topic, payload, qos, retain }: AedesPublishPacket, client: Client | null): void {
    if (topic.startsWith("$SYS/")) return;
    const message: IotMessage = { topic, payload: Buffer.from(payload), qos: qos as 0 | 1, retain, clientId: client?.id };
    this.messages.push(message);
    this.onMessage(message, (to, text) => (client?.conn as Door | undefined)?.answer(to, Buffer.from(text)));
  }
}

/** What is used of aedes's store. */
interface Persistence {
  cleanSubscriptions(client: { id: string }): Promise<unknown>;
  outgoingStream(client: { id: string }): AsyncIterable<unknown>;
  outgoingClearMessageId(client: { id: string }, packet: unknown): Promise<unknown>;
}
