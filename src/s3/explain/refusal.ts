// A refusal of S3 as cause and next step (S3 API reference, "Error responses"). Pure; loaded when something failed.
import { find } from "../../bytes/find";
import { clockOff } from "./clock";
import { refusalTexts } from "./refusalTexts";
import type { Explanation } from "./texts";
import { explanation } from "./texts";

/** What S3 answered. */
export interface RefusalAnswer {
  status: number;
  /** "" where there was no XML: HEAD, proxies. */
  code: string;
  message: string;
  /** The text of an element of the error's body ("Region", "ServerTime"), "" if it is not there. */
  element(name: string): string;
  /** The header x-amz-bucket-region. */
  region?: string | undefined;
  /** The header Date. */
  date?: string | undefined;
}

/** What was asked; what is not known may be left out. No secrets. */
export interface RefusalFacts {
  method?: string;
  bucket?: string;
  /** The region that was signed for. */
  region?: string;
  /** The object's key, "" for the bucket itself. */
  key?: string;
  accessKeyId?: string;
  /** True if a session token was sent. */
  token?: boolean;
  /** The sender's clock when it asked, milliseconds since 1970. */
  utc?: number;
}

/** Why S3 refused, and what to do. Every code and every status has an answer. */
export function explainRefusal(answer: RefusalAnswer, facts: RefusalFacts): Explanation {
  const element = answer.element;
  const message = answer.message.toLowerCase();
  const status = answer.status;
  const method = facts.method;
  const reads = method == "GET" || method == "HEAD";
  const argument = element("ArgumentName");

  function says(words: string): boolean {
    return find(message, words) >= 0;
  }

  /** The region in a host name such as bucket.s3.REGION.amazonaws.com, or s3-REGION of old. */
  function regionIn(host: string): string {
    const at = find(host, ".amazonaws.com");
    if (at < 0) return "";
    const label = host.substr(0, at).split(".").pop()!;
    return label.startsWith("s3-") ? label.substr(3) : label == "s3" ? "" : label;
  }

  const region = element("Region") || answer.region || regionIn(element("Endpoint"));
  const off = clockOff(element("RequestTime") || (facts.utc ? new Date(facts.utc).toISOString() : ""), element("ServerTime") || answer.date || "");

  function value(name: string): string {
    if (name == "Region") return region;
    if (name == "off") return off;
    if (name == "found") return argument ? element("ArgumentValue").split(" ")[0]!.substr(0, 20) : "";
    if (name == "name") return "x-amz-date";
    if (name == "action") return "s3:" + (reads ? (facts.key === "" ? "ListBucket" : "GetObject") : method == "DELETE" ? "DeleteObject" : "PutObject");
    const fact = (facts as any)[name];
    return fact || element(name == "bucket" ? "BucketName" : name == "key" ? "Key" : name);
  }

  /** The name of the row. Names of our own begin with a small letter, and a server has no say in them. */
  function row(code: string): string {
    if (element("Region") || (region && facts.region && region != facts.region && status < 404)) return "PermanentRedirect";
    if (code == "403" && off) return "RequestTimeTooSkewed";
    if ((code == "403" || code == "InvalidAccessKeyId" || code == "InvalidToken") && facts.token === false && (facts.accessKeyId || "").startsWith("ASIA")) return "token";
    if (code == "AccessDenied") {
      if (element("HeadersNotSigned")) return "unsigned";
      if (says("expired")) return "RequestExpired";
      if (says("date header")) return "unsent";
      if (says("not yet valid")) return "RequestTimeTooSkewed";
      if (reads && facts.key !== "") return "read";
    }
    if (argument == "Authorization") return says("unsupported") ? "algorithm" : "AuthorizationHeaderMalformed";
    if (argument == "x-amz-content-sha256" || (code == "InvalidRequest" && says("content-sha256"))) return "sha256";
    if (code == "InvalidRequest" && says("aws4-hmac")) return "algorithm";
    if ((code == "412" || code == "PreconditionFailed") && method && !reads) return "exists";
    return code < "a" ? code : "unknown";
  }

  const name = row(answer.code || "" + status);
  const texts = refusalTexts();
  return explanation(texts, name, value) || explanation(texts, name.startsWith("KMS.") ? "KMS." : status >= 500 ? "500" : "unknown", value)!;
}
