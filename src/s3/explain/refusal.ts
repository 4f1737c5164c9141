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
  /** True if the credentials came from AWS IoT: nobody has copied them. */
  fetched?: boolean;
  /** The account of s3.expectedOwner, "" if that is not set. */
  owner?: string;
  /** The sender's clock when it asked, milliseconds since 1970. */
  utc?: number;
}

/** Why S3 refused, and what to do. Every code and every status has an answer. */
export function explainRefusal(answer: RefusalAnswer, facts: RefusalFacts): Explanation {
  const element = answer.element;
  const method = facts.method;
  const reads = method == "GET" || method == "HEAD";
  const argument = element("ArgumentName");
  const server = element("Endpoint");
  /** Endpoint is bucket.s3.REGION.amazonaws.com, or s3-REGION of old. (split with a mark longer than its text loses the text on 2v29.) */
  const endpoint = server.substr(0, find(server, ".amazonaws.com")).split(".").pop()!;
  const region = element("Region") || answer.region || (endpoint.startsWith("s3-") ? endpoint.substr(3) : endpoint);
  const off = clockOff(element("RequestTime") || (facts.utc ? new Date(facts.utc).toISOString() : ""), element("ServerTime") || answer.date || "");

  function says(words: string): boolean {
    return find(answer.message.toLowerCase(), words) >= 0;
  }

  /** What stands in the message after `mark`, up to `end`: within one account S3 tells who may not do what, where, and why. */
  function told(mark: string, end?: string): string {
    const at = find(answer.message, mark);
    if (at < 0) return "";
    const rest = answer.message.substr(at + mark.length);
    return end ? rest.split(end)[0]! : rest;
  }

  function value(name: string): string {
    const bucket = facts.bucket || element("BucketName");
    switch (name) {
      case "Region":
        return region;
      case "expired":
        return element("Expires") && " at " + element("Expires") + "; S3's clock: " + element("ServerTime");
      case "off":
        return off;
      case "found":
        return argument && ": " + element("ArgumentValue").split(" ")[0]!.substr(0, 20);
      case "ArgumentName":
        return argument && ": " + argument;
      case "action":
        return told("to perform: ", " ") || "s3:" + (reads ? (facts.key === "" ? "ListBucket" : "GetObject") : method == "DELETE" ? "DeleteObject" : "PutObject");
      case "resource":
        return told('on resource: "', '"') || "arn:aws:s3:::" + (bucket || "BUCKET") + (reads && facts.key === "" ? "" : "/*");
      case "because":
        return told("because ") || told("with an explicit ");
      case "who":
        return told("User: ", " ");
      case "owner":
        return facts.owner ? ", or the bucket is not of account " + facts.owner + " (s3.expectedOwner)" : facts.owner === undefined ? ", or s3.expectedOwner is wrong" : "";
      case "bucket":
        return bucket;
      case "key":
        return facts.key || element("Key");
    }
    return (facts as any)[name] || element(name);
  }

  /** The name of the row. Names of our own begin with a small letter; a server has no say in them. */
  function row(code: string): string {
    if (element("Region") || (region && facts.region && region != facts.region && answer.status < 404 && code != "TemporaryRedirect")) return "PermanentRedirect";
    if (region && region == facts.region && (code == "PermanentRedirect" || code == "301")) return "address";
    if (code == "403" && off) return "RequestTimeTooSkewed";
    if (facts.fetched && ["ExpiredToken", "TokenRefreshRequired", "InvalidToken", "InvalidAccessKeyId"].indexOf(code) >= 0) return "fetched";
    if (["403", "InvalidAccessKeyId", "InvalidToken"].indexOf(code) >= 0 && facts.token === false && (facts.accessKeyId || "").startsWith("ASIA")) return "token";
    if (code == "AccessDenied") {
      if (element("HeadersNotSigned")) return "unsigned";
      if (says("expired")) return "RequestExpired";
      if (says("not yet valid")) return "RequestTimeTooSkewed";
      if (says("date header")) return "built";
      if (says("explicit deny")) return "denied";
      if (says("because ")) return "because";
      if (reads && facts.key !== "") return "read";
    }
    if (argument == "Authorization") return "AuthorizationHeaderMalformed";
    if (code.startsWith("Invalid") && (argument || says("content-sha256"))) return says("content-sha256") ? "sha256" : "built";
    return code < "a" ? code : "built";
  }

  const name = row(answer.code || "" + answer.status);
  const texts = refusalTexts();
  return explanation(texts, name, value) || explanation(texts, name.startsWith("KMS.") ? "KMS." : answer.status >= 500 ? "500" : "built", value)!;
}
