// What is wrong with a request before it is sent, or with one of which the text was kept. Pure. Each check is a case that users met.
import type { Bytes } from "../../bytes/bytes";
import { find } from "../../bytes/find";
import { clockOff } from "./clock";
import { lineTexts } from "./lineTexts";
import type { RefusalFacts } from "./refusal";
import { refusalTexts } from "./refusalTexts";
import type { Explanation } from "./texts";
import { explanation } from "./texts";

/** What is known of a request; only what is there is checked. No secrets but a session token, which is not repeated. */
export interface RequestFacts extends RefusalFacts {
  /** What is connected to. */
  host?: string;
  port?: number;
  /** Request line and headers with their final empty line, as sent. */
  head?: Bytes;
  /** Bytes of the body. */
  bodyLength?: number;
  canonicalRequest?: Bytes;
  stringToSign?: Bytes;
  /** The method that a presigned URL was made for. */
  signedMethod?: string;
  /** A time from a server, ISO 8601 or as in the header Date. */
  serverTime?: string;
  selfTest?: "passed" | "failed";
  /** The code of the failure, if it failed before an answer: "certificate". */
  failed?: string;
  /** True for a device certificate, and the ALPN name that goes with it. */
  clientCertificate?: boolean;
  alpn?: string;
}

/** All that is wrong, in the order in which it would fail; an empty list if nothing is. */
export function explainRequest(facts: RequestFacts): Explanation[] {
  const texts =
    refusalTexts() + lineTexts() +
    ",url,|$host$ is a URL, not a host name.|Connect to $name$; the path belongs on the request line.|" +
    ",dots,|S3's certificate does not cover the dots in $bucket$.|Use path style: s3.REGION.amazonaws.com/BUCKET/KEY|" +
    ",clock,|The clock is not set ($name$): no certificate, no signature is valid.|device.syncTime()|" +
    ",ca,|The server's certificate does not come from the root in ca.der.|Store Amazon Root CA 1 (for S3 and IoT); set the clock.|" +
    ",iot,|With a device certificate, port 443 of AWS IoT wants ALPN x-amzn-http-ca; else all is 403.|Use port 8443.|" +
    ",end,|The head does not end with an empty line: the server waits.|End it with CRLF CRLF.|" +
    ",utc,|x-amz-date is not UTC as in 20300131T235959Z.|UTC everywhere: a region has no time zone.|" +
    ",length,|Content-Length is $name$, the body has $found$ bytes.|Count bytes (UTF-8), not characters.|";
  const all: Explanation[] = [];
  const bucket = facts.bucket || "", host = facts.host || "", head = facts.head || "", utc = facts.utc;
  const signedText = (facts.canonicalRequest || "") + (facts.stringToSign || "");
  const canonical = (facts.canonicalRequest || "").split("\r").join("").split("\n");
  const headers: { [name: string]: Bytes } = {};

  function has(text: Bytes, part: string): boolean {
    return find(text, part) >= 0;
  }

  /** What stands in `text` between `mark` and the next `end`. */
  function after(text: Bytes, mark: string, end: string): Bytes {
    const from = find(text, mark);
    if (from < 0) return "";
    const rest = text.substr(from + mark.length);
    // Not by split: 2v29 loses a text that is shorter than the mark.
    const to = find(rest, end);
    return to < 0 ? rest : rest.substr(0, to);
  }

  const lines = head.split("\n");
  const requestLine = lines[0]!.split(" ");
  const target = requestLine[1] || "";
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.substr(0, colon).toLowerCase()] = line.substr(colon + 1).trim();
  }
  const authorization = headers["authorization"] || "";
  const scope = (facts.stringToSign || "").split("\n")[2] || authorization;
  const region = facts.region || after(scope, "/", "/s3/").split("/").pop()!;

  function say(row: string, name?: string, detail?: string): void {
    all.push(explanation(texts, row, function (wanted) {
      if (wanted == "region") return region;
      if (["name", "off", "HeadersNotSigned", "method"].indexOf(wanted) >= 0) return name || "";
      if (["found", "both", "Region"].indexOf(wanted) >= 0) return detail || "";
      return (facts as any)[wanted] || "";
    })!);
  }

  // Settings, clock and credentials.
  const isUrl = host.indexOf("/") >= 0 || /[?\s]/.test(host);
  if (isUrl) say("url", after(host, "://", "/") || host.split("/")[0]);
  if (bucket && (bucket.length < 3 || bucket.length > 63 || !/^[a-z0-9][a-z0-9.-]+[a-z0-9]$/.test(bucket) || has(bucket, "..") || /^[0-9.]+$/.test(bucket))) say("InvalidBucketName");
  else if (bucket && bucket.indexOf(".") >= 0 && host.startsWith(bucket + ".")) say("dots");
  if (utc !== undefined) {
    const now = new Date(utc).toISOString();
    const off = clockOff(now, facts.serverTime || "");
    if (utc < 17e11) say("clock", now);
    else if (off) say("RequestTimeTooSkewed", off);
  }
  const key = facts.accessKeyId || after(authorization, "Credential=", "/");
  if (key.startsWith("ASIA") && (facts.token === false || (head && !has(head.toLowerCase(), "x-amz-security-token")))) say("token");
  const place = after("." + host, ".s3.", ".amazonaws.com");
  if (place && region && has(host, ".amazonaws") && place != region && place.indexOf(".") < 0) say("PermanentRedirect", "", place);
  if (facts.selfTest == "failed") say("derivation");
  if (facts.failed == "certificate") say("ca");
  if (has(host, ".iot.") && facts.port == 443 && facts.clientCertificate && facts.alpn != "x-amzn-http-ca") say("iot");

  // The head.
  const blank = canonical.slice(3).indexOf("") + 3;
  const block = canonical.slice(3, blank);
  const blockNames = block.map((line) => line.split(":")[0]!);
  const listed = canonical.slice(blank + 1);
  const listedNames = (blank > 3 && listed[0] ? listed[0] : "").split(";");
  const signedNames = (after(authorization, "SignedHeaders=", ",") || after(target, "X-Amz-SignedHeaders=", "&").split("%3B").join(";") || listedNames.join(";")).split(";");
  const date = headers["x-amz-date"];
  if (head) {
    const word = authorization.split(" ")[0]!;
    if (!head.endsWith("\r\n\r\n")) say("end");
    if (word && word != "AWS4-HMAC-SHA256") say("AuthorizationHeaderMalformed", "", ": it begins with " + word.substr(0, 20));
    for (const part of ["Credential=", "SignedHeaders=", "Signature="]) {
      if (word && !has(authorization, part)) say("AuthorizationHeaderMalformed", "", ": no " + part);
    }
    if (has(authorization, "/s3/") && !headers["x-amz-content-sha256"]) say("sha256");
    for (const name of signedNames) if (name && headers[name] === undefined) say("value", name);
    for (const name in headers) if (word && name.startsWith("x-amz-") && signedNames.indexOf(name) < 0) say("unsigned", name);
    const sent = headers["host"] || "";
    for (const other of [after("\n" + block.join("\n"), "\nhost:", "\n"), host && !isUrl ? (facts.port && facts.port != 443 ? host + ":" + facts.port : host) : ""]) {
      if (other && sent && other != sent) say("host", "", ": " + other + ", " + sent);
    }
    if (facts.bodyLength !== undefined && headers["content-length"] !== undefined && +headers["content-length"]! != facts.bodyLength) {
      say("length", headers["content-length"], "" + facts.bodyLength);
    }
    if (date && (date.length != 16 || !/^[0-9]+T[0-9]+Z$/.test(date))) say("utc");
    const signedMethod = facts.signedMethod || canonical[0];
    if (signedMethod && signedMethod != requestLine[0]) say("method", requestLine[0], signedMethod);
    if (blank > 3 && listed[1] && headers["x-amz-content-sha256"] && listed[1] != headers["x-amz-content-sha256"]) say("payload");
  }

  // What is signed.
  if (signedText.indexOf("\r") >= 0) say("crlf");
  if (blank > 3) {
    if (canonical[1]!.indexOf("?") >= 0 || canonical[2]!.split("&").some((pair) => !!pair && pair.indexOf("=") < 0)) say("query");
    const odd = blockNames.concat(listedNames).filter((name) => blockNames.indexOf(name) < 0 || listedNames.indexOf(name) < 0)[0];
    if (odd) say("names", odd);
    else if (blockNames.join(";") != blockNames.slice().sort().join(";")) say("order");
  }
  return all;
}
