// Clients of the local IoT: packets by hand, the npm package mqtt, and HTTPS, all with the device's certificate.
import { once } from "node:events";
import { request } from "node:https";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { generate, parser, type IConnectPacket, type Packet } from "mqtt-packet";
import type { Cloud } from "../../sim/cloud/index";

/** Root, certificate and key for a connection to the cloud. */
export function identity({ certificates }: Cloud): { ca: string; cert: string; key: string } {
  return { ca: certificates.ca.pem, cert: certificates.device.certificate.pem, key: certificates.device.key.pem };
}

export const CONNECT: IConnectPacket = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, clientId: "board-17", keepalive: 60 };

/** A connection on which a test says every byte itself. */
export class RawClient {
  readonly received: Packet[] = [];
  closed = false;
  private readonly reader = parser();

  private constructor(readonly socket: TLSSocket) {
    this.reader.on("packet", (packet) => this.received.push(packet));
    socket.on("data", (bytes: Buffer) => this.reader.parse(bytes));
    socket.on("close", () => (this.closed = true)).on("error", () => {});
  }

  static async open(cloud: Cloud, options: ConnectionOptions = {}): Promise<RawClient> {
    const socket = connectTls({ host: cloud.iot.host, port: cloud.iot.mqtt.port, servername: "localhost", ...identity(cloud), ...options });
    await once(socket, "secureConnect");
    return new RawClient(socket);
  }

  /** Opens and connects. */
  static async connected(cloud: Cloud, connect: Partial<IConnectPacket> = {}): Promise<RawClient> {
    const client = await RawClient.open(cloud);
    await client.ask({ ...CONNECT, ...connect }, "connack");
    return client;
  }

  send(...packets: (Packet | Buffer)[]): void {
    this.socket.write(Buffer.concat(packets.map((packet) => (Buffer.isBuffer(packet) ? packet : generate(packet)))));
  }

  /** Sends, and gives the next packet of this kind. */
  async ask(packet: Packet | Buffer, answer: string): Promise<any> {
    const from = this.received.length;
    this.send(packet);
    return this.next(answer, from);
  }

  async next(cmd: string, from = 0): Promise<any> {
    const find = () => this.received.slice(from).find((packet) => packet.cmd === cmd);
    await until(() => this.closed || find() !== undefined, `a ${cmd}`);
    const found = find();
    if (found === undefined) throw new Error(`closed before ${cmd}`);
    return found;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** A client of the npm package, connected. It does not connect again by itself. */
export async function mqttClient(cloud: Cloud, options: IClientOptions = {}): Promise<MqttClient> {
  const { host, mqtt: broker } = cloud.iot;
  const all: IClientOptions = { clientId: "board-17", servername: "localhost", reconnectPeriod: 0, ...identity(cloud), ...options };
  return mqtt.connectAsync(`mqtts://${host}:${broker.port}`, all);
}

/** All messages a client gets, as [topic, text]. */
export function listen(client: MqttClient): [topic: string, text: string][] {
  const messages: [string, string][] = [];
  client.on("message", (topic, payload) => messages.push([topic, payload.toString()]));
  return messages;
}

export interface RestReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: any;
}

export function rest(cloud: Cloud, method: string, path: string, body?: string | Buffer, options: { port?: number; tls?: object } = {}): Promise<RestReply> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = request({ host: cloud.iot.host, port: options.port ?? cloud.iot.rest.port, servername: "localhost", method, path, headers, agent: false, ...identity(cloud), ...options.tls }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part)).on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        const parsed = response.headers["content-type"] === "application/json" && text.startsWith("{") ? JSON.parse(text) : text;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
      });
    });
    sent.on("error", reject).end(body);
  });
}

/** Waits until something holds; fails after two seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 2000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Long enough for what should not come to have come. */
export function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 120));
}
