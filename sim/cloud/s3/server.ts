// The S3 server: HTTPS in front, operations behind (S3 API reference).
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccessKeys } from "../credentials";
import type { KmsKeys } from "../kms/keys";
import type { Policy } from "../policy";
import { HttpsService, type ServiceOptions } from "../service";
import { authenticate } from "./authentication";
import { DEFAULT_ALGORITHM, startChecksum } from "./checksums";
import { DEFAULT_ENCRYPTION } from "./encryption";
import { refusal, S3Error } from "./errors";
import { ConnectionLost, Exchange, type RequestRecord } from "./exchange";
import { faultError, Faults, type Fault } from "./faults";
import { demand, type Context } from "./operation";
import { openPayload } from "./payload";
import { checkBucketRegion, signingRegion } from "./regions";
import { readRequest, type S3Request } from "./request";
import { operationName, route } from "./route";
import { Bucket, simpleEtag, type Buckets } from "./store";
import { inOrder } from "./uploads";

/** `region` is that of the first bucket, and of the endpoint under an address. */
export interface S3Options extends ServiceOptions {
  bucket: string;
  account: string;
  keys: AccessKeys;
  kms: KmsKeys;
  policy: Policy;
  /** A body that pauses longer is refused with RequestTimeout. */
  idleMilliseconds: number;
}

/** A multipart upload neither completed nor aborted. */
export interface UnfinishedUpload {
  key: string;
  uploadId: string;
  /** Part numbers S3 has, in order. */
  parts: number[];
}

export class S3Server extends HttpsService<S3Options> {
  /** Every request so far, oldest first. */
  readonly requests: RequestRecord[] = [];
  readonly faults = new Faults();
  private readonly buckets: Buckets = new Map();

  constructor(options: S3Options) {
    super(options);
    this.addBucket(options.bucket);
  }

  get bucket(): string {
    return this.options.bucket;
  }

  /** The bytes of an object; of the first bucket unless another is named, here and below. */
  get(key: string, bucket?: string): Buffer | undefined {
    return this.find(bucket).objects.get(key)?.data;
  }

  /** Stores an object as if it had been uploaded in one piece. */
  put(key: string, data: Buffer, bucket?: string): void {
    const encryption = DEFAULT_ENCRYPTION;
    const checksum = startChecksum(DEFAULT_ALGORITHM);
    checksum.update(data);
    this.find(bucket).objects.set(key, {
      data,
      etag: simpleEtag(createHash("md5").update(data).digest(), encryption),
      lastModified: this.now(),
      headers: { "content-type": "binary/octet-stream" },
      storageClass: "STANDARD",
      encryption,
      checksum: { algorithm: DEFAULT_ALGORITHM, value: checksum.digest().toString("base64"), type: "FULL_OBJECT" },
      parts: undefined,
    });
  }

  /** Takes an object out. */
  remove(key: string, bucket?: string): void {
    this.find(bucket).objects.delete(key);
  }

  /** Keys in S3's order. */
  keys(bucket?: string): string[] {
    return this.find(bucket).keys();
  }

  /** Multipart uploads that were begun and not ended, in S3's order. */
  uploads(bucket?: string): UnfinishedUpload[] {
    return inOrder(this.find(bucket).uploads.values()).map(({ key, uploadId, parts }) => ({ key, uploadId, parts: [...parts.keys()].sort((a, b) => a - b) }));
  }

  /** S3 loses a part of every upload that has it. */
  forgetPart(number: number, bucket?: string): void {
    for (const { parts } of this.find(bucket).uploads.values()) parts.delete(number);
  }

  /** One more bucket. One of another account can be read and written as the account's own: its owner wants it so. */
  addBucket(name: string, { region = this.options.region, owner = this.options.account }: { region?: string; owner?: string } = {}): void {
    this.buckets.set(name, new Bucket(region, owner));
  }

  private find(name = this.options.bucket): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw new Error(`The cloud has no bucket ${name}.`);
    return bucket;
  }

  protected async serve(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    const record: RequestRecord = {
      method: message.method ?? "", target: message.url ?? "", operation: "", key: undefined, query: {}, headers: {},
      status: 0, code: "", bytes: 0, bytesSent: 0,
    };
    this.requests.push(record);
    const exchange = new Exchange(message, response, this.front.connectionOf(message), record, () => this.now());
    try {
      await this.work(exchange, expectsContinue);
    } catch (error) {
      if (error instanceof ConnectionLost) return;
      if (!(error instanceof S3Error)) console.error(error);
      exchange.refuse(error instanceof S3Error ? error : refusal.internalError());
    }
  }

  /** Head first, then the body, then the operation: nothing is stored before everything was checked. */
  private async work(exchange: Exchange, expectsContinue: boolean): Promise<void> {
    const { options } = this;
    const { message, response, record } = exchange;
    const request = readRequest(message, [options.host]);
    const { key, query, headers } = request;
    Object.assign(record, { key, query, headers: { ...headers }, operation: operationName(request) });
    const fault = this.faults.take(request, record.operation);
    if (fault !== undefined && answerAtOnce(exchange, request, fault)) return;
    const bucket = this.buckets.get(request.bucket ?? "");
    const principal = await authenticate(request, {
      keys: options.keys,
      region: (claimed) => signingRegion(request, bucket, options.region, claimed),
      bucketRegion: bucket?.region,
      now: () => this.now(),
    });
    const operation = route(request);
    const { account, policy, kms } = options;
    const context = (): Context => ({ request, buckets: this.buckets, region: principal.scope.region, account, policy, kms, now: this.now() });
    checkBucketRegion(request, bucket, principal.scope.region);
    checkOwner(request, bucket);
    demand(context(), operation.action);
    if (fault?.kind === "ignoreRange") delete request.headers["range"];
    operation.prepare?.(context());
    const reader = openPayload(request, principal, operation.body === "object");
    if (expectsContinue) response.writeContinue();
    const payload = await exchange.receive(reader, options.idleMilliseconds, fault);
    if (fault?.kind === "late" && fault.code !== undefined) return exchange.sendLate(faultError({ ...fault, code: fault.code }));
    const answer = operation.run(context(), payload);
    if (fault?.kind === "late") return exchange.sendLate(answer);
    if (fault?.kind === "loseAnswer") return exchange.abandon();
    exchange.send(answer, fault);
  }
}

/** Sends what a fault puts in place of an answer. */
function answerAtOnce(exchange: Exchange, { target, bucket = "" }: S3Request, fault: Fault): boolean {
  if (fault.kind === "redirect") throw refusal.temporaryRedirect(fault.host, bucket, `https://${fault.host}${target}`);
  if (fault.kind !== "answer") return false;
  const error = faultError(fault);
  if (fault.body === undefined) throw error;
  exchange.send({ status: error.status, headers: error.headers, body: fault.body });
  return true;
}

/** A client that names the account it expects is kept from a bucket that has come into other hands. */
function checkOwner({ headers }: S3Request, bucket: Bucket | undefined): void {
  const expected = headers["x-amz-expected-bucket-owner"];
  if (expected === undefined) return;
  if (!/^\d{12}$/.test(expected)) throw refusal.invalidBucketOwner();
  if (bucket !== undefined && bucket.owner !== expected) throw refusal.accessDenied();
}
