// The local AWS IoT: broker, shadows by MQTT and HTTPS, publish by HTTPS, and jobs, all about the same things.
import type { ServerCertificate } from "../https";
import { MqttBroker, type IotMessage, type Reply } from "./broker";
import { IotError, iotRefusal } from "./errors";
import { JobError, Jobs, readRequest } from "./jobs";
import { IotPolicy } from "./policy";
import { Registry, type Registration } from "./registry";
import { IotRest, SignedOnly } from "./rest";
import type { JsonObject } from "./shadow-document";
import { Shadows, type ShadowName } from "./shadows";
import { IotThrottles } from "./throttle";
import { JOBS_TOPIC, SHADOW_TOPIC } from "./topics";

export interface IotOptions {
  host: string;
  /** 0: a free one, here and below. */
  mqttPort: number;
  restPort: number;
  region: string;
  account: string;
  /** The thing that the device's certificate is attached to. */
  thingName: string;
  /** Of the device, DER. */
  deviceCertificate: Buffer;
  /** With `clientCa`: the root of the devices. */
  certificate: ServerCertificate;
  /** Milliseconds since 1970. */
  now: () => number;
}

export class Iot {
  readonly policy: IotPolicy;
  readonly registry = new Registry();
  /** Limits of rate; none until a test sets them. */
  readonly throttles = new IotThrottles();
  /** The device's certificate in the registry, to deactivate it. */
  readonly device: Registration;
  readonly shadows: Shadows;
  readonly jobs: Jobs;
  readonly mqtt: MqttBroker;
  /** HTTPS as on port 8443. */
  readonly rest: IotRest;
  /** HTTPS as on port 443 to one that comes without ALPN. */
  readonly signedOnly: SignedOnly;

  constructor(private readonly options: IotOptions) {
    const { host, region, certificate, now, thingName } = options;
    this.policy = new IotPolicy(region, options.account);
    this.device = this.registry.register(options.deviceCertificate, thingName);
    this.shadows = new Shadows(now);
    this.jobs = new Jobs(now);
    const { policy, registry, shadows, throttles } = this;
    this.mqtt = new MqttBroker({ host, port: options.mqttPort, certificate, registry, policy, throttles });
    const publish = (topic: string, payload: Buffer, qos: 0 | 1, retain: boolean) => this.mqtt.publish(topic, payload, { qos, retain });
    this.rest = new IotRest({ host, port: options.restPort, region, certificate, now, registry, policy, shadows, throttles, publish });
    const { cert, key } = certificate;
    this.signedOnly = new SignedOnly({ host, port: 0, region, certificate: { cert, key }, now });
    this.mqtt.onMessage = (message, reply) => this.serve(message, reply);
    shadows.onChange = (shadow, topic, message) => this.tell(`${topicOf(shadow)}/${topic}`, message);
    this.jobs.onChange = (thing, kind, message) => this.tell(`$aws/things/${thing}/jobs/${kind}`, message);
  }

  get host(): string {
    return this.options.host;
  }
  get thingName(): string {
    return this.options.thingName;
  }

  async listen(): Promise<void> {
    await this.mqtt.listen();
    await this.rest.listen();
    await this.signedOnly.listen();
  }

  async close(): Promise<void> {
    await Promise.all([this.mqtt.close(), this.rest.close(), this.signedOnly.close()]);
  }

  /** A service publishes. Who may hear it, and at which QoS, is the broker's affair. */
  private tell(topic: string, message: JsonObject): void {
    void this.mqtt.publish(topic, JSON.stringify(message), { qos: 1 });
  }

  private serve({ topic, payload }: IotMessage, reply: Reply): void {
    const [, thing, name, verb] = SHADOW_TOPIC.exec(topic) ?? [];
    if (thing !== undefined) return this.serveShadow({ thing, name }, verb!, payload);
    const [, owner, operation] = JOBS_TOPIC.exec(topic) ?? [];
    if (owner !== undefined && !/(^notify(-next)?|\/accepted|\/rejected)$/.test(operation!)) this.serveJob(owner, operation!, payload, (kind, answer) => reply(`${topic}/${kind}`, JSON.stringify(answer)));
  }

  private serveShadow(shadow: ShadowName, verb: string, payload: Buffer): void {
    try {
      if (!this.throttles.shadows.take(shadow.thing)) throw iotRefusal.throttled();
      if (verb === "get") this.tell(`${topicOf(shadow)}/get/accepted`, this.shadows.get(shadow, payload));
      else if (verb === "update") this.shadows.update(shadow, payload);
      else this.shadows.delete(shadow, payload);
    } catch (error) {
      if (!(error instanceof IotError)) throw error;
      this.tell(`${topicOf(shadow)}/${verb}/rejected`, { code: error.code, message: error.message, timestamp: this.timestamp(), ...tokenOf(payload) });
    }
  }

  private serveJob(thing: string, operation: string, payload: Buffer, answer: (kind: "accepted" | "rejected", message: JsonObject) => void): void {
    try {
      const accepted = this.jobs.request(thing, operation, payload);
      const message = { ...accepted, timestamp: this.timestamp(), ...tokenOf(payload) };
      if (this.jobs.answersAfter > 0) setTimeout(() => answer("accepted", message), this.jobs.answersAfter);
      else answer("accepted", message);
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      const { code, message, state } = error;
      answer("rejected", { code, message, timestamp: this.timestamp(), ...(state && { executionState: state }), ...tokenOf(payload) });
    }
  }

  private timestamp(): number {
    return Math.floor(this.options.now() / 1000);
  }
}

function topicOf({ thing, name }: ShadowName): string {
  return `$aws/things/${thing}/shadow${name === undefined ? "" : `/name/${name}`}`;
}

/** The client's token, if the request can be read so far. */
function tokenOf(payload: Buffer): JsonObject {
  try {
    const { clientToken } = readRequest(payload);
    return clientToken === undefined ? {} : { clientToken };
  } catch {
    return {};
  }
}
