// Signatures of chunks and trailers, each chained to the one before (S3 API reference, "Signature calculations for the
// Authorization header: transferring a payload in multiple chunks" and "... including trailing headers").
import { createHash, createHmac } from "node:crypto";
import type { Principal } from "./authentication";
import { refusedSignature } from "./authentication-errors";

const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** Follows the chain. Each check fails with SignatureDoesNotMatch, which names the chunk's own string to sign. */
export class ChunkSignatures {
  private previous: string;

  constructor(private readonly principal: Principal) {
    this.previous = principal.signature;
  }

  /** @param sha256 hash of the chunk's data, in hex */
  checkChunk(sha256: string, provided: string): void {
    this.check("AWS4-HMAC-SHA256-PAYLOAD", [EMPTY_SHA256, sha256], provided);
  }

  /** @param trailers lines "name:value", without the signature's own */
  checkTrailers(trailers: string[], provided: string): void {
    const text = trailers.map((line) => line + "\n").join("");
    this.check("AWS4-HMAC-SHA256-TRAILER", [createHash("sha256").update(text).digest("hex")], provided);
  }

  private check(algorithm: string, hashes: string[], provided: string): void {
    const { scope, amzDate, signingKey, accessKeyId, canonicalRequest } = this.principal;
    const place = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
    const stringToSign = [algorithm, amzDate, place, this.previous, ...hashes].join("\n");
    const expected = createHmac("sha256", signingKey).update(stringToSign).digest("hex");
    if (expected !== provided) {
      throw refusedSignature.mismatch({ accessKeyId, stringToSign, signatureProvided: provided, canonicalRequest });
    }
    this.previous = expected;
  }
}
