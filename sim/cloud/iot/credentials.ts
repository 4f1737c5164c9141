// AWS IoT's credentials provider: temporary keys for a device's certificate (IoT developer guide, "Authorizing direct calls to AWS services
// using AWS IoT Core credential provider"). The keys are known to the cloud's other services, and end when they say.
import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { newSessionCredentials, type AccessKeys, type SessionCredentials } from "../credentials";
import type { Policy } from "../policy";
import { HttpsService, type ServiceOptions } from "../service";
import type { Registration, Registry } from "./registry";
import { Throttle } from "./throttle";

export interface RoleAlias {
  /** Name of the role. */
  role: string;
  /** CredentialDurationSeconds. AWS takes 900 to 43,200; a test may take less. */
  seconds: number;
  /** MaxSessionDuration of the role. */
  roleSeconds: number;
  /** Whether the role exists and its trust policy lets credentials.iot.amazonaws.com assume it. */
  trusted: boolean;
}

/** `certificate` has a root of clients: without a certificate of it there is no handshake, and none to answer. */
export interface ProviderOptions extends ServiceOptions {
  accessKeys: AccessKeys;
  policy: Policy;
  registry: Registry;
}

/** What is remembered of a request. */
export interface ProviderRecord {
  method: string;
  target: string;
  headers: Record<string, string>;
  status: number;
  /** Text of the refusal; "" if there was none. */
  message: string;
  /** What was given. */
  credentials: (SessionCredentials & { expires: number }) | undefined;
}

/** An answer out of turn. A status without a message is a refusal without a body; `body` is sent as it is. */
export interface ProviderFault {
  status?: number;
  message?: string;
  body?: string;
}

class Refusal extends Error {
  constructor(readonly status: number, message: string, readonly type?: string) {
    super(message);
  }
}

export class CredentialsProvider extends HttpsService<ProviderOptions> {
  /** Every request so far, oldest first. */
  readonly requests: ProviderRecord[] = [];
  readonly roleAliases = new Map<string, RoleAlias>();
  /** Characters of a session token. AWS promises no length; those of IoT have 700 to 1,500. */
  tokenLength = 1000;
  /** Refuses with 429 beyond its rate. AWS takes 50 a second of an account. */
  readonly throttle = new Throttle();
  private readonly faults: ProviderFault[] = [];

  /** Certificates of the account, by SHA-256 fingerprint: those of the registry. */
  get certificates(): Map<string, Registration> {
    return this.options.registry.certificates;
  }

  /** The next requests are answered so, one each. */
  next(...faults: ProviderFault[]): void {
    this.faults.push(...faults);
  }

  protected async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
    const record: ProviderRecord = { method: message.method ?? "", target: message.url ?? "", headers, status: 0, message: "", credentials: undefined };
    this.requests.push(record);
    message.resume();
    try {
      if (!this.throttle.take()) throw new Refusal(429, "Too Many Requests", "ThrottlingException");
      const fault = this.faults.shift();
      if (fault?.body !== undefined) return this.send(response, record, fault.status ?? 200, fault.body);
      if (fault !== undefined) throw new Refusal(fault.status ?? 500, fault.message ?? "");
      record.credentials = this.assume(message, headers);
      const { expires, ...keys } = record.credentials;
      const expiration = new Date(expires).toISOString().replace(/\.\d{3}/, "");
      this.send(response, record, 200, JSON.stringify({ credentials: { ...keys, expiration } }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      record.message = error.message;
      this.send(response, record, error.status, error.message === "" ? "" : JSON.stringify({ message: error.message }), error.type);
    }
  }

  /** Checks a request as AWS does, from the certificate to the role, and makes the keys. */
  private assume(message: IncomingMessage, headers: Record<string, string>): SessionCredentials & { expires: number } {
    const { policy, accessKeys, registry } = this.options;
    const registered = registry.active(message.socket as TLSSocket);
    if (registered === undefined) throw new Refusal(403, "Certificate is invalid on this endpoint", "AccessDeniedException");
    const name = /^\/role-aliases\/([\w=,@-]{1,128})\/credentials$/.exec(decodeURIComponent(message.url ?? ""))?.[1];
    if (message.method !== "GET" || name === undefined) throw new Refusal(404, "Not Found");
    const thing = headers["x-amzn-iot-thingname"];
    if (thing !== undefined && !registered.things.includes(thing)) throw new Refusal(403, "Invalid thing name passed");
    const alias = this.roleAliases.get(name);
    if (alias === undefined) throw new Refusal(404, "Role alias does not exist");
    if (policy.denies("iot:AssumeRoleWithCertificate", name)) throw new Refusal(403, "Access Denied");
    if (!alias.trusted) throw new Refusal(400, "Unable to assume the role, or the role to assume does not exist");
    if (alias.seconds > alias.roleSeconds) throw new Refusal(400, "The requested CredentialDurationSeconds exceeds the MaxSessionDuration set for the role");
    const made = newSessionCredentials();
    const filler = Math.max(0, this.tokenLength - made.sessionToken.length);
    const sessionToken = randomBytes(filler).toString("base64url").slice(0, filler) + made.sessionToken;
    // What is told has whole seconds: so has what holds.
    const expires = Math.floor(this.now() / 1000 + alias.seconds) * 1000;
    const credentials = { ...made, sessionToken, expires };
    accessKeys.set(credentials.accessKeyId, { ...credentials });
    return credentials;
  }

  private send(response: ServerResponse, record: ProviderRecord, status: number, body: string, type?: string): void {
    record.status = status;
    response.sendDate = false;
    response.writeHead(status, {
      "x-amzn-RequestId": randomUUID(), "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body),
      Date: new Date(this.now()).toUTCString(), ...(type === undefined ? {} : { "x-amzn-ErrorType": type }),
    });
    response.end(body);
  }
}
