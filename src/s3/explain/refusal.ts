// A refusal of S3 as cause and next step (S3 API reference, "Error responses"). Pure; loaded when something failed.
import { find } from "../../bytes/find";
import { refusalTexts } from "./refusalTexts";
import type { Explanation } from "./texts";
import { explanation } from "./texts";
import { clockDifference } from "./time";

/** What S3 answered. */
export interface RefusalAnswer {
  status: number;
  /** "" where it sent no XML: HEAD, proxies. */
  code: string;
  message: string;
  /** The text of an element of the error's body ("Region", "ServerTime"), "" if it is not there. */
  element(name: string): string;
  /** The header x-amz-bucket-region. */
  region?: string | undefined;
  /** The header Date. */
  date?: string | undefined;
}

/** What was asked; whatever is not known may be left out. No secrets. */
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

/** Why S3 refused, and what to do. Every code and status has an answer. */
export function explainRefusal(answer: RefusalAnswer, facts: RefusalFacts): Explanation {
  const element = answer.element;
  const message = answer.message.toLowerCase();
  const reads = facts.method == "GET" || facts.method == "HEAD";
  const status = answer.status;

  function says(words: string): boolean {
    return find(message, words) >= 0;
  }

  /** The region in "bucket.s3.REGION.amazonaws.com" or "bucket.s3-REGION.amazonaws.com". */
  function regionOf(host: string): string {
    const at = find(host, ".amazonaws.com");
    if (at < 0) return "";
    const label = host.substr(0, at).split(".").pop()!;
    return label.startsWith("s3-") ? label.substr(3) : label == "s3" ? "us-east-1" : label;
  }

  const region = element("Region") || answer.region || regionOf(element("Endpoint"));
  const asked = element("RequestTime") || (facts.utc ? new Date(facts.utc).toISOString() : "");
  const clock = clockDifference(asked, element("ServerTime") || answer.date || "");
  let row = answer.code || "" + status;

  if (element("Region") || (region && region != facts.region && (status == 301 || status == 400 || status == 403))) row = "PermanentRedirect";
  else if (row == "403" && clock.far) row = "RequestTimeTooSkewed";
  else if ((row == "InvalidAccessKeyId" || row == "InvalidToken" || row == "403") && facts.accessKeyId && facts.accessKeyId.startsWith("ASIA") && facts.token === false) row = "token";
  ...
}
