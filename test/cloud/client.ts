// A client of the local S3 for its tests: signs with node:crypto after AWS's documents, and can be told to do it wrong.
import { createHash, createHmac } from "node:crypto";
import { Agent, request } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { startCloud, type Cloud, type CloudOptions } from "../../sim/cloud/index";
import { testCertificates } from "./certificates";

/** A cloud for tests, with the certificates of all. */
export async function testCloud(options: CloudOptions = {}): Promise<Cloud> {
  return startCloud({ directory: await testCertificates(), ...options });
}

export const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
export const md5 = (data: Buffer) => createHash("md5").update(data).digest();
export const EMPTY = sha256("");

const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const encode = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
const amzDate = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
const flip = (hex: string) => (hex[0] === "0" ? "1" : "0") + hex.slice(1);

export interface Call {
  method?: string;
  key?: string;
  /** Whole path as sent, instead of the key. */
  path?: string;
  host?: string;
  query?: Record<string, string>;
  /** Signed. */
  headers?: Record<string, string>;
  body?: Buffer | string;
  /** Value of x-amz-content-sha256; by default the hash of the body. `null`: that hash is signed, but the header left out. */
  payload?: string | null;
  time?: number;
  session?: boolean;
  accessKeyId?: string;
  secretAccessKey?: string;
  region?: string;
  service?: string;
  day?: string;
  breakSignature?: boolean;
  /** Names that are sent but not signed. */
  unsigned?: string[];
  /** Headers changed, added or (undefined) taken away after signing. */
  after?: Record<string, string | undefined>;
  agent?: Agent;
  /** Default: that of S3. */
  port?: number;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** <Code> of an error document. */
  code: string;
  /** Text of the first element of this name. */
  element(name: string): string | undefined;
  /** A "100 Continue" came first. */
  continued: boolean;
}

export interface Signed {
  path: string;
  headers: Record<string, string>;
  signature: string;
  signingKey: Buffer;
  date: string;
  scope: string;
}

export class Client {
  /** A connection for each request, but TLS sessions are resumed. */
  private readonly agent = new Agent();

  constructor(readonly cloud: Cloud) {}

  hostHeader(host = "localhost"): string {
    return `${host}:${this.cloud.s3.port}`;
  }

  sign(call: Call): Signed {
    const { cloud } = this;
    const keys = call.session ? cloud.sessionCredentials : cloud.credentials;
    const date = amzDate(call.time ?? Date.now());
    const scope = [call.day ?? date.slice(0, 8), call.region ?? cloud.s3.region, call.service ?? "s3", "aws4_request"].join("/");
    const payload = call.payload === undefined ? sha256(call.body ?? "") : call.payload;
    const headers: Record<string, string> = { host: call.host ?? this.hostHeader(), "x-amz-date": date };
    if (payload !== null) headers["x-amz-content-sha256"] = payload;
    if (call.session) headers["x-amz-security-token"] = cloud.sessionCredentials.sessionToken;
    Object.assign(headers, call.headers);
    const signed = Object.keys(headers).filter((name) => !call.unsigned?.includes(name)).sort();
    const path = call.path ?? `/${cloud.s3.bucket}` + (call.key === undefined ? "" : "/" + call.key.split("/").map(encode).join("/"));
    const query = canonicalQuery(call.query ?? {});
    const block = signed.map((name) => `${name}:${headers[name]!.trim().replace(/ +/g, " ")}\n`).join("");
    const canonical = [call.method ?? "GET", path, query, block, signed.join(";"), payload ?? sha256(call.body ?? "")].join("\n");
    const [day = "", region = "", service = ""] = scope.split("/");
    const signingKey = hmac(hmac(hmac(hmac("AWS4" + (call.secretAccessKey ?? keys.secretAccessKey), day), region), service), "aws4_request");
    let signature = hmac(signingKey, ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n")).toString("hex");
    if (call.breakSignature) signature = flip(signature);
    const credential = `${call.accessKeyId ?? keys.accessKeyId}/${scope}`;
    headers["authorization"] = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed.join(";")}, Signature=${signature}`;
    return { path: path + (query === "" ? "" : "?" + query), headers, signature, signingKey, date, scope };
  }

  /** The path and query of a presigned URL. `change` is applied to the query after signing. */
  presign(call: Call & { expires?: string; change?: Record<string, string | undefined> }): string {
    const headers: Record<string, string> = { ...call.headers, host: call.host ?? this.hostHeader() };
    const names = Object.keys(headers).sort();
    const { cloud } = this;
    const keys = call.session ? cloud.sessionCredentials : cloud.credentials;
    const date = amzDate(call.time ?? Date.now());
    const scope = `${date.slice(0, 8)}/${call.region ?? cloud.s3.region}/s3/aws4_request`;
    const query: Record<string, string | undefined> = {
      ...call.query,
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": `${keys.accessKeyId}/${scope}`,
      "X-Amz-Date": date,
      "X-Amz-Expires": call.expires ?? "300",
      "X-Amz-SignedHeaders": names.join(";"),
    };
    if (call.session) query["X-Amz-Security-Token"] = cloud.sessionCredentials.sessionToken;
    const path = call.path ?? `/${cloud.s3.bucket}/${encode(call.key ?? "")}`;
    const block = names.map((name) => `${name}:${headers[name]}\n`).join("");
    const canonical = [call.method ?? "GET", path, canonicalQuery(query), block, names.join(";"), "UNSIGNED-PAYLOAD"].join("\n");
    const [day = "", region = "", service = ""] = scope.split("/");
    const signingKey = hmac(hmac(hmac(hmac("AWS4" + keys.secretAccessKey, day), region), service), "aws4_request");
    query["X-Amz-Signature"] = hmac(signingKey, ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n")).toString("hex");
    return `${path}?${canonicalQuery({ ...query, ...call.change })}`;
  }

  /** Signs and sends. */
  call(call: Call): Promise<Reply> {
    const { path, headers } = this.sign(call);
    return this.send({ method: call.method ?? "GET", path, headers: { ...headers, ...call.after }, body: call.body, agent: call.agent, port: call.port });
  }

  put(key: string, body: Buffer | string, call: Call = {}): Promise<Reply> {
    return this.call({ method: "PUT", key, body, ...call });
  }

  /** Sends as it is. With an "expect" header the body waits for "100 Continue". */
  send(raw: { method: string; path: string; headers: Record<string, string | undefined>; body?: Buffer | string | undefined; agent?: Agent | undefined; port?: number | undefined }): Promise<Reply> {
    const headers = Object.fromEntries(Object.entries(raw.headers).filter((entry): entry is [string, string] => entry[1] !== undefined));
    const body = Buffer.from(raw.body ?? "");
    const sizeKnown = "content-length" in raw.headers || "transfer-encoding" in raw.headers;
    if (!sizeKnown && (body.length > 0 || raw.method === "PUT")) headers["content-length"] = String(body.length);
    return new Promise((resolve, reject) => {
      let continued = false;
      const port = raw.port ?? this.cloud.s3.port;
      const options = { host: "127.0.0.1", servername: "localhost", port, method: raw.method, path: raw.path, headers, ca: this.cloud.certificates.ca.pem, setHost: false, agent: raw.agent ?? this.agent };
      const sent = request(options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part)).on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(parts);
          const element = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(text.toString())?.[1];
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, code: element("Code") ?? "", element, continued });
          // After a refusal the rest of the body is not worth sending.
          if (!raw.agent) sent.destroy();
        });
      });
      sent.on("error", reject);
      if (headers["expect"] === undefined) sent.end(body);
      else {
        sent.on("continue", () => {
          continued = true;
          sent.end(body);
        });
        sent.flushHeaders();
      }
    });
  }
}

function canonicalQuery(query: Record<string, string | undefined>): string {
  return Object.entries(query)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
}

export interface Chunking {
  size: number;
  /** Index of the chunk whose signature is wrong; the last, empty one included. */
  badSignature?: number;
  /** Index of the chunk whose first byte is changed after signing. */
  badData?: number;
  noFinalChunk?: boolean;
  /** x-amz-decoded-content-length; `null` leaves it out. */
  decodedLength?: string | null;
  /** Unsigned chunks (with a trailer). */
  unsigned?: boolean;
  trailer?: { name: string; value: string; announced?: string | null; badSignature?: boolean };
  /** Last change to the encoded body. */
  mangle?: (body: Buffer) => Buffer;
  call?: Call;
}

/** A request with an aws-chunked body, ready for Client.send(). */
export function chunkedPut(client: Client, key: string, data: Buffer, chunking: Chunking): Parameters<Client["send"]>[0] & { body: Buffer } {
  const { trailer, unsigned = false } = chunking;
  const mode = unsigned ? "STREAMING-UNSIGNED-PAYLOAD-TRAILER" : "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + (trailer ? "-TRAILER" : "");
  const headers: Record<string, string> = { "content-encoding": "aws-chunked", ...chunking.call?.headers };
  if (chunking.decodedLength !== null) headers["x-amz-decoded-content-length"] = chunking.decodedLength ?? String(data.length);
  if (trailer && trailer.announced !== null) headers["x-amz-trailer"] = trailer.announced ?? trailer.name;
  const signed = client.sign({ method: "PUT", key, ...chunking.call, headers, payload: mode });
  const chunks: Buffer[] = [];
  for (let at = 0; at < data.length; at += chunking.size) chunks.push(data.subarray(at, at + chunking.size));
  if (!chunking.noFinalChunk) chunks.push(Buffer.alloc(0));
  let previous = signed.signature;
  const parts = chunks.map((chunk, index) => {
    previous = hmac(signed.signingKey, ["AWS4-HMAC-SHA256-PAYLOAD", signed.date, signed.scope, previous, EMPTY, sha256(chunk)].join("\n")).toString("hex");
    const signature = chunking.badSignature === index ? flip(previous) : previous;
    const sent = Buffer.from(chunk);
    if (chunking.badData === index) sent[0]! ^= 1;
    const line = chunk.length.toString(16) + (unsigned ? "" : ";chunk-signature=" + signature) + "\r\n";
    return Buffer.concat([Buffer.from(line), sent, Buffer.from(chunk.length > 0 ? "\r\n" : "")]);
  });
  let tail = "";
  if (trailer) {
    const line = `${trailer.name}:${trailer.value}`;
    tail = line + "\r\n";
    const signature = hmac(signed.signingKey, ["AWS4-HMAC-SHA256-TRAILER", signed.date, signed.scope, previous, sha256(line + "\n")].join("\n")).toString("hex");
    if (!unsigned) tail += `x-amz-trailer-signature:${trailer.badSignature ? flip(signature) : signature}\r\n`;
  }
  const encoded = Buffer.concat([...parts, Buffer.from(tail + (chunking.noFinalChunk ? "" : "\r\n"))]);
  return { method: "PUT", path: signed.path, headers: { ...signed.headers, ...chunking.call?.after }, body: chunking.mangle?.(encoded) ?? encoded };
}
