// The KMS server: JSON over HTTPS, for listing aliases (AWS KMS API reference; protocol AWS JSON 1.1).
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { AccessKeys } from "../credentials";
import type { Policy } from "../policy";
import { HttpsService, type ServiceOptions } from "../service";
import { listAliases } from "./aliases";
import { authenticateKms } from "./authentication";
import { CAPITAL_MESSAGE, KmsError, kmsRefusal } from "./errors";
import type { KmsKeys } from "./keys";

export interface KmsOptions extends ServiceOptions {
  account: string;
  accessKeys: AccessKeys;
  keys: KmsKeys;
  policy: Policy;
}

/** What is remembered of a request. */
export interface KmsRecord {
  /** X-Amz-Target */
  target: string;
  body: string;
  headers: Record<string, string>;
  status: number;
  /** __type of the refusal; "" if there was none. */
  code: string;
}

const TYPE = "application/x-amz-json-1.1";

export class KmsServer extends HttpsService<KmsOptions> {
  /** Every request so far, oldest first. */
  readonly requests: KmsRecord[] = [];
  private readonly failures: KmsError[] = [];

  /** The keys and aliases there are, to add or disable some. */
  get keys(): KmsKeys {
    return this.options.keys;
  }

  /** The next requests are refused, one each: with "ThrottlingException", "KMSInternalException" or any other code. */
  next(...failures: { code: string; message?: string; status?: number }[]): void {
    this.failures.push(...failures.map(({ code, message, status }) => new KmsError(code, message ?? code, status)));
  }

  protected async serve(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    if (expectsContinue) response.writeContinue();
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
    const record: KmsRecord = { target: headers["x-amz-target"] ?? "", body: "", headers, status: 0, code: "" };
    this.requests.push(record);
    try {
      const body = await buffer(message);
      record.body = body.toString();
      this.send(response, record, 200, await this.work(message, record, body));
    } catch (error) {
      // The client left in the middle of its request: there is nobody to answer.
      if (!message.complete) return;
      if (!(error instanceof KmsError)) console.error(error);
      const refusal = error instanceof KmsError ? error : new KmsError("KMSInternalException", "");
      record.code = refusal.code;
      const text = refusal.message === "" ? {} : { [CAPITAL_MESSAGE.includes(refusal.code) ? "Message" : "message"]: refusal.message };
      this.send(response, record, refusal.status, { __type: refusal.code, ...text });
    }
  }

  private async work(message: IncomingMessage, { headers, target }: KmsRecord, body: Buffer): Promise<object> {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    const { accessKeys, region, policy, account, keys } = this.options;
    const { pathname, searchParams } = new URL(message.url ?? "/", "https://kms");
    const query = Object.fromEntries(searchParams);
    if (message.method !== "POST" || headers["content-type"]?.toLowerCase() !== TYPE) throw kmsRefusal.unknownOperation(404);
    await authenticateKms({ method: "POST", path: pathname, query, headers }, body, { keys: accessKeys, region, now: () => this.now() });
    if (target !== "TrentService.ListAliases") throw kmsRefusal.unknownOperation(400);
    if (policy.denies("kms:ListAliases")) throw kmsRefusal.accessDenied(policy.reason("kms:ListAliases", `arn:aws:kms:${region}:${account}:*`));
    return listAliases(body.toString(), keys);
  }

  private send(response: ServerResponse, record: KmsRecord, status: number, answer: object): void {
    const body = Buffer.from(JSON.stringify(answer));
    record.status = status;
    response.sendDate = false;
    response.writeHead(status, { "x-amzn-RequestId": randomUUID(), "Content-Type": TYPE, "Content-Length": body.length, Date: new Date(this.now()).toUTCString() });
    response.end(body);
  }
}
