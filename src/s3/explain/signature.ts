// Why a signature was refused: what S3 says it signed, compared line by line with what was signed here. Pure; loaded when it failed.
// (S3 API reference: SignatureDoesNotMatch carries CanonicalRequest, StringToSign and SignatureProvided.)
import type { Bytes } from "../../bytes/bytes";
import { lineTexts } from "./lineTexts";
import { readable } from "./readable";
import type { Explanation } from "./texts";
import { explanation } from "./texts";

/** What S3 sent; what it did not send is "" or absent. */
export interface ServerSigning {
  canonicalRequest?: Bytes | undefined;
  stringToSign?: Bytes | undefined;
  signatureProvided?: string | undefined;
}

/** What was signed here. */
export interface OwnSigning {
  canonicalRequest: Bytes;
  stringToSign: Bytes;
  signature: string;
  /** The signature that hex text as HMAC keys would give, from who can compute it. */
  hexKeySignature?: string;
}

export interface SignatureExplanation extends Explanation {
  /** What differs first: "header host", "query", "region" ... "" if no line does. */
  part: string;
  /** Both sides of it, readable, "" where one is not there. */
  server: string;
  ours: string;
}

/**
 * The first difference and its cause; if there is none, what is left. `selfTest` is the outcome of this build's signing self test, if
 * it ran.
 */
export function explainSignature(server: ServerSigning, ours: OwnSigning, selfTest?: "passed" | "failed"): SignatureExplanation {
  const provided = server.signatureProvided;
  let theirs: Bytes[] = [];
  let own: Bytes[] = [];

  function found(part: string, row: string, a?: Bytes, b?: Bytes): SignatureExplanation {
    const told = explanation(lineTexts(), b && b.indexOf("\r") >= 0 ? "crlf" : row, function (name) {
      return (name == "name" ? part : name == "found" ? b : name == "method" ? a : "") || "";
    })!;
    return { part: part, server: readable(a || "", b || ""), ours: readable(b || "", a || ""), cause: told.cause, next: told.next };
  }

  function firstDifference(a: Bytes, b: Bytes): number {
    theirs = a.split("\n");
    own = b.split("\n");
    for (let i = 0; i < theirs.length || i < own.length; i++) if (theirs[i] !== own[i]) return i;
    return -1;
  }

  /** "host:" of a header line, in small letters; "" of another line. */
  function nameIn(line: Bytes | undefined): string {
    return line ? line.substr(0, line.indexOf(":") + 1).toLowerCase() : "";
  }

  /** The name in `line` if no line of the other side has it. */
  function alone(line: Bytes | undefined, others: Bytes[]): string {
    const name = nameIn(line);
    return others.some((other) => nameIn(other) == name) ? "" : name;
  }

  function inHeaders(a: Bytes | undefined, b: Bytes | undefined): SignatureExplanation {
    const theirName = nameIn(a), ownName = nameIn(b);
    const onlyTheirs = alone(a, own), onlyOwn = onlyTheirs ? "" : alone(b, theirs);
    const name = onlyTheirs || onlyOwn || theirName;
    const part = "header " + name.substr(0, name.length - 1);
    if (onlyTheirs) return found(part, "names", a);
    if (onlyOwn) return found(part, "names", "", b);
    // A line without a name may be the rest of a token that has a line end in it.
    if (!theirName || !ownName) return found("blank line", "blank", theirName ? a : a && a.substr(0, 8), ownName ? b : b && b.substr(0, 8));
    if (theirName != ownName) return found(part, "order", a, b);
    const row = name == "host:" ? "host" : name == "x-amz-date:" ? "date" : name == "x-amz-content-sha256:" ? "payload" : "value";
    return found(part, row, a, b);
  }

  function inScope(a: Bytes, b: Bytes): SignatureExplanation {
    const parts = a.split("/"), ownParts = b.split("/");
    let i = 0;
    while (parts[i] === ownParts[i]) i++;
    return found(["scope date", "region", "service"][i] || "scope", "scope", parts[i], ownParts[i]);
  }

  if (server.canonicalRequest) {
    const i = firstDifference(server.canonicalRequest, ours.canonicalRequest);
    const a = theirs[i], b = own[i];
    if (i >= 0) {
      const part = ["method", "path", "query"][i];
      if (part) return found(part, part, a, b);
      const blank = own.slice(3, i).indexOf("") + 3;
      if (blank < 3) return inHeaders(a, b);
      if (i == blank + 1) return found("signed header names", "names", a, b);
      return i == blank + 2 ? found("payload hash", "payload", a, b) : found("end", "blank", a, b);
    }
  }
  if (!server.stringToSign) return found("", "unseen");
  const i = firstDifference(server.stringToSign, ours.stringToSign);
  const a = theirs[i], b = own[i];
  if (i >= 0) {
    // AWS4-HMAC-SHA256-PAYLOAD or -TRAILER begins the text of a chunk.
    if (theirs[0]!.length > 16 && (i == 0 || i > 2)) return found("chunk", "chunk", a, b);
    if (i == 2) return inScope(a || "", b || "");
    return i == 1 ? found("date", "date", a, b) : i ? found("hash of the canonical request", "hash", a, b) : found("algorithm", "scope", a, b);
  }
  if (provided && provided == ours.hexKeySignature) return found("", "hexkey");
  if (provided && provided != ours.signature) return found("signature", "sent", provided, ours.signature);
  return found("", selfTest == "passed" ? "secret" : selfTest ? "derivation" : "untested");
}
