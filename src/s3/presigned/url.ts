// Presigned URLs that were made elsewhere, read strictly (RFC 3986; S3 API reference, sigv4-query-string-auth; S3 user guide,
// "Authenticating
// requests (Signature Version 2)"). What is connected to is the host, what is sent is the rest, byte for byte.
import { formDecode } from "../../bytes/formDecode";
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";

export interface PresignedUrl {
  host: string;
  port: number;
  /** What is sent as Host: with the port if it is not 443. */
  hostHeader: string;
  /** The request target: path and query as they stand in the URL. */
  target: string;
  /** Milliseconds since 1970; 0 if the URL does not say. */
  expires: number;
  /** Headers other than host that the signature covers, joined by ";". */
  signedHeaders: string;
}

/** S3 takes heads of 8 KiB. */
const LONGEST = 8000;

function wrong(what: string, hint?: string): Failure {
  return failure("argument", "The URL " + what, hint || "Is it copied whole, with all that follows the question mark, and in quotes?");
}

/** RFC 1123 section 2.1. */
function isHost(host: string): boolean {
  if (host.length > 253 || !/^[A-Za-z0-9.-]+$/.test(host)) return false;
  for (const label of host.split(".")) {
    if (label == "" || label.length > 63 || label[0] == "-" || label[label.length - 1] == "-") return false;
  }
  return true;
}

/** Everything that may stand in a URL and nothing else; each "%" before two hex digits. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 33 || code > 126 || '"<>\\^`{|}'.indexOf(text[i]!) >= 0) return false;
    if (code == 37 && !/^[0-9a-fA-F][0-9a-fA-F]/.test(text.substr(i + 1, 2))) return false;
  }
  return true;
}

/** The value of a parameter as it is meant, undefined if it is not there. */
export function parameter(query: string, name: string): string | undefined {
  for (const part of query.split("&")) {
    const at = part.indexOf("=");
    if (formDecode(at < 0 ? part : part.substr(0, at)) == name) return at < 0 ? "" : formDecode(part.substr(at + 1));
  }
  return undefined;
}

/** YYYYMMDDTHHMMSSZ in milliseconds since 1970, 0 if it is none. */
function amzTime(text: string): number {
  if (text.length != 16 || text[8] != "T" || text[15] != "Z" || !/^[0-9]+$/.test(text.substr(0, 8) + text.substr(9, 6))) return 0;
  const iso =
    text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + "T" + text.substr(9, 2) + ":" + text.substr(11, 2) + ":" + text.substr(13, 2) + "Z";
  const time = new Date(iso).getTime();
  return time > 0 ? time : 0;
}

/** When the URL ends and which headers it wants, into `url`. */
function readSignature(query: string, url: PresignedUrl): Failure | undefined {
  const epoch = parameter(query, "Expires");
  if (parameter(query, "X-Amz-Algorithm") === undefined) {
    // Signature Version 2, and CloudFront's own form.
    if (epoch === undefined) return undefined;
    if (!/^[0-9]+$/.test(epoch) || epoch.length > 12) return wrong("has an Expires that is not a number");
    url.expires = parseInt(epoch, 10) * 1000;
    return undefined;
  }
  const start = amzTime(parameter(query, "X-Amz-Date") || "");
  const seconds = parameter(query, "X-Amz-Expires") || "";
  if (!start) return wrong("has no X-Amz-Date of the form 20260601T120000Z");
  if (!/^[0-9]+$/.test(seconds) || seconds.length > 6) return wrong("has no X-Amz-Expires that is a number");
  if (!parameter(query, "X-Amz-Signature")) return wrong("has no X-Amz-Signature");
  url.expires = start + parseInt(seconds, 10) * 1000;
  const names = (parameter(query, "X-Amz-SignedHeaders") || "").toLowerCase().split(";");
  const others = names.filter((name) => name != "host");
  if (others.length == names.length) return wrong("does not sign the host");
  url.signedHeaders = others.join(";");
  return undefined;
}

/** Takes a URL apart; what is wrong with it is a failure (argument) that never shows its query. */
export function parsePresignedUrl(text: unknown): PresignedUrl | Failure {
  const hint = 'For example device.getUrl("https://...","firmware.bin")';
  if (typeof text != "string" || text == "") return wrong("is missing", hint);
  if (text.length > LONGEST) return wrong("is longer than " + LONGEST + " characters", "No server takes it.");
  if (text.substr(0, 8).toLowerCase() != "https://") return wrong("does not begin with https://", "Without TLS whoever listens could use it.");
  if (text.indexOf("#") >= 0) return wrong("has a fragment (#)", "A # in a key is written %23; take away what a browser added.");
  if (!isPlain(text)) return wrong("has a space or another character that no URL has");
  let end = 8;
  while (end < text.length && text[end] != "/" && text[end] != "?") end++;
  const authority = text.substr(8, end - 8);
  if (authority.indexOf("@") >= 0) return wrong("has a user before its host", "A presigned URL has none: where is it from?");
  const colon = authority.indexOf(":");
  const host = colon < 0 ? authority : authority.substr(0, colon);
  const digits = colon < 0 ? "443" : authority.substr(colon + 1);
  const port = /^[0-9]+$/.test(digits) && digits.length < 6 ? parseInt(digits, 10) : 0;
  if (!isHost(host)) return wrong("has no host name in front", "It stands between https:// and the next slash; addresses in brackets are not known here.");
  if (port < 1 || port > 65535) return wrong("has a port that is none");
  const target = (text[end] == "/" ? "" : "/") + text.substr(end);
  const mark = target.indexOf("?");
  const url: PresignedUrl = {
    host: host, port: port, hostHeader: port == 443 ? host : host + ":" + port,
    target: target, expires: 0, signedHeaders: "",
  };
  return readSignature(mark < 0 ? "" : target.substr(mark + 1), url) || url;
}

/** A failure if the URL is signed with headers that cannot be known here. `known`: those that this request has. */
export function headersFault(url: PresignedUrl, known: string[]): Failure | undefined {
  const unknown = url.signedHeaders.split(";").filter((name) => name != "" && name != "x-amz-content-sha256" && known.indexOf(name) < 0);
  if (!unknown.length) return undefined;
  return failure("argument", "The URL is signed together with headers whose values it does not hold: " + unknown.join(", "), "Have it signed with the header host alone.");
}
