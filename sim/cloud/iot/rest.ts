// AWS IoT by HTTPS with the device's certificate, port 8443: shadows and publish (botocore iot-data; developer guide, "HTTPS").
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { HttpsService, type ServiceOptions } from "../service";
import { IotError, iotRefusal } from "./errors";
import type { IotAction, IotPolicy } from "./policy";
import type { Registry } from "./registry";
import type { JsonObject } from "./shadow-document";
import type { ShadowName, Shadows } from "./shadows";
import type { IotThrottles } from "./throttle";
import { isPublishable, LIMITS, topicFault } from "./topics";

export interface RestOptions extends ServiceOptions {
  registry: Registry;
  policy: IotPolicy;
  shadows: Shadows;
  throttles: IotThrottles;
  publish: (topic: string, payload: Buffer, qos: 0 | 1, retain: boolean) => Promise<void>;
}

/** What is remembered of a request. */
export interface IotRestRecord {
  method: string;
  target: string;
  body: string;
  headers: Record<string, string>;
  status: number;
  /** "ConflictException"; "" if nothing was refused. */
  exception: string;
}

/** Instead of the right answer. Without `body` AWS's error document. */
export interface RestFailure {
  status: number;
  message?: string;
  exception?: string;
  body?: string;
}

export class IotRest extends HttpsService<RestOptions> {
  /** Every request so far, oldest first. */
  readonly requests: IotRestRecord[] = [];
  private readonly failures: RestFailure[] = [];

  /** The next requests are answered so, one each, and nothing is done. */
  next(...failures: RestFailure[]): void {
    this.failures.push(...failures);
  }

  protected async serve(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    if (expectsContinue) response.writeContinue();
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
    const record: IotRestRecord = { method: message.method ?? "", target: message.url ?? "", body: "", headers, status: 0, exception: "" };
    this.requests.push(record);
    try {
      const body = await receive(message);
      record.body = body.toString();
      const failure = this.failures.shift();
      if (failure?.body !== undefined) return send(response, record, failure.status, failure.body, this.now());
      if (failure !== undefined) throw new IotError(failure.status, failure.message ?? "", failure.exception);
      send(response, record, 200, JSON.stringify(await this.work(message, body)), this.now());
    } catch (error) {
      // The client left in the middle of its request: there is nobody to answer.
      if (message.destroyed && !message.complete) return;
      if (!(error instanceof IotError)) console.error(error);
      const { code, message: text, exception } = error instanceof IotError ? error : new IotError(500, "Internal service failure");
      record.exception = exception;
      send(response, record, code, JSON.stringify({ message: text, traceId: randomUUID() }), this.now());
    }
  }

  private async work(message: IncomingMessage, body: Buffer): Promise<JsonObject> {
    const registration = this.options.registry.active(message.socket as TLSSocket);
    if (registration === undefined) throw iotRefusal.forbidden();
    const { pathname, searchParams } = new URL(message.url ?? "/", "https://iot");
    const method = message.method ?? "";
    const demand = (action: IotAction, resource: string) => {
      const asker = { clientId: undefined, thingName: registration.things[0] };
      if (!this.options.policy.allows(action, resource, asker)) throw iotRefusal.forbidden();
    };
    const [, topic] = /^\/topics\/(.+)$/.exec(pathname) ?? [];
    if (topic !== undefined) return this.publish(method, topic, searchParams, body, demand);
    const [, listed] = /^\/api\/things\/shadow\/ListNamedShadowsForThing\/([^/]+)$/.exec(pathname) ?? [];
    if (listed !== undefined) return this.list(method, decode(listed), searchParams, demand);
    const [, thing] = /^\/things\/([^/]+)\/shadow$/.exec(pathname) ?? [];
    if (thing !== undefined) return this.shadow(method, { thing: decode(thing), name: searchParams.get("name") ?? undefined }, body, demand);
    throw iotRefusal.noSuchPath();
  }

  private shadow(method: string, shadow: ShadowName, body: Buffer, demand: Demand): JsonObject {
    checkName(shadow.thing);
    if (shadow.name !== undefined && !/^[$a-zA-Z0-9:_-]{1,64}$/.test(shadow.name)) throw iotRefusal.invalid("Invalid shadow name");
    const { shadows, throttles } = this.options;
    if (!throttles.shadows.take(shadow.thing)) throw iotRefusal.throttled();
    const resource = `thing/${shadow.thing}${shadow.name === undefined ? "" : `/${shadow.name}`}`;
    if (method === "GET") {
      demand("iot:GetThingShadow", resource);
      return shadows.get(shadow, Buffer.alloc(0));
    }
    if (method === "POST") {
      demand("iot:UpdateThingShadow", resource);
      return shadows.update(shadow, body);
    }
    if (method !== "DELETE") throw iotRefusal.methodNotAllowed();
    demand("iot:DeleteThingShadow", resource);
    return shadows.delete(shadow, Buffer.alloc(0));
  }

  private list(method: string, thing: string, query: URLSearchParams, demand: Demand): JsonObject {
    if (method !== "GET") throw iotRefusal.methodNotAllowed();
    checkName(thing);
    demand("iot:ListNamedShadowsForThing", `thing/${thing}`);
    if (!this.options.throttles.shadows.take(thing)) throw iotRefusal.throttled();
    const pageSize = Number(query.get("pageSize") ?? 25);
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 100) throw iotRefusal.invalid("Invalid pageSize");
    return this.options.shadows.list(thing, pageSize, query.get("nextToken") ?? undefined);
  }

  private async publish(method: string, encoded: string, query: URLSearchParams, body: Buffer, demand: Demand): Promise<JsonObject> {
    if (method !== "POST") throw iotRefusal.methodNotAllowed();
    const topic = decode(encoded);
    const [qos, retain] = [query.get("qos") ?? "0", query.get("retain") ?? "false"];
    if (qos !== "0" && qos !== "1") throw iotRefusal.invalid("Invalid qos");
    if (retain !== "true" && retain !== "false") throw iotRefusal.invalid("Invalid retain");
    const fault = topicFault(topic, false) ?? (isPublishable(topic) && !(retain === "true" && topic.startsWith("$")) ? undefined : "reserved topic");
    if (fault !== undefined) throw iotRefusal.invalid(`Invalid topic: ${fault}`);
    demand("iot:Publish", `topic/${topic}`);
    if (retain === "true") demand("iot:RetainPublish", `topic/${topic}`);
    await this.options.publish(topic, body, qos === "1" ? 1 : 0, retain === "true");
    return { message: "OK", traceId: randomUUID() };
  }
}

/** Port 443: without ALPN it takes only requests signed by SigV4, and no MQTT. Of devices it refuses all. */
export class SignedOnly extends HttpsService {
  protected async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const error = new IotError(403, "Missing Authentication Token", "MissingAuthenticationTokenException");
    const record = { status: 0, exception: error.exception };
    message.resume();
    send(response, record, error.code, JSON.stringify({ message: error.message, traceId: randomUUID() }), this.now());
  }
}

/** Fails with Forbidden. */
type Demand = (action: IotAction, resource: string) => void;

async function receive(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= LIMITS.payloadBytes) parts.push(part);
  }
  if (size > LIMITS.payloadBytes) throw iotRefusal.tooLarge();
  return Buffer.concat(parts);
}

function checkName(thing: string): void {
  if (!/^[a-zA-Z0-9:_-]{1,128}$/.test(thing)) throw iotRefusal.invalid("Invalid thing name");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw iotRefusal.invalid("Invalid percent-encoding");
  }
}

function send(response: ServerResponse, record: { status: number; exception: string }, status: number, text: string, now: number): void {
  const body = Buffer.from(text);
  record.status = status;
  response.sendDate = false;
  response.writeHead(status, {
    "Content-Type": "application/json", "Content-Length": body.length, Date: new Date(now).toUTCString(), "x-amzn-RequestId": randomUUID(),
    ...(record.exception !== "" && { "x-amzn-ErrorType": record.exception }),
  });
  response.end(body);
}
