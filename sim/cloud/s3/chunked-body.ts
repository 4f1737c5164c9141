// A body in signed or unsigned chunks, with or without trailers: every chunk is judged as soon as it is complete.
// S3 API reference, "Signature calculations ... multiple chunks" and "... including trailing headers (chunked upload)".
import { createHash, type Hash } from "node:crypto";
import type { Principal } from "./authentication";
import { checksumAlgorithm, isChecksumValue } from "./checksums";
import { ChunkSignatures } from "./chunk-signatures";
import { ChunkParser, type ChunkListener } from "./chunks";
import { refusal } from "./errors";
import type { Content, Payload, PayloadReader } from "./payload";
import type { S3Request } from "./request";

/** Every chunk with data but the last has at least this many bytes. */
const LEAST_CHUNK = 8192;

const TRAILER_SIGNATURE = "x-amz-trailer-signature";
const EMPTY_SHA256 = createHash("sha256").digest("hex");

export class ChunkedBody implements PayloadReader, ChunkListener {
  private readonly parser: ChunkParser;
  private readonly signatures: ChunkSignatures | undefined;
  /** Name of the one trailer the head announces. */
  private readonly trailerName: string | undefined;
  private readonly trailerLines: string[] = [];
  private trailerSignature: string | undefined;
  private sha256: Hash = createHash("sha256");
  private chunkSignature = "";
  private chunkCount = 0;
  private previousSize: number | undefined;

  /** Fails with MalformedTrailerError or InvalidRequest if the head does not say well which trailer will come. */
  constructor(
    request: S3Request,
    principal: Principal,
    private readonly content: Content,
  ) {
    const trailers = principal.payload.endsWith("-TRAILER");
    if (trailers) this.trailerName = readTrailerName(request.headers["x-amz-trailer"]);
    const algorithm = this.trailerName === undefined ? undefined : checksumAlgorithm(this.trailerName);
    if (algorithm !== undefined) content.expectTrailer(algorithm);
    const signed = !principal.payload.includes("UNSIGNED");
    this.signatures = signed ? new ChunkSignatures(principal) : undefined;
    this.parser = new ChunkParser({ signed, trailers }, this);
  }

  write(slice: Buffer): void {
    this.parser.write(slice);
  }

  end(): Payload {
    this.parser.end();
    if (this.trailerName !== undefined) this.checkTrailers(this.trailerName);
    return this.content.finish();
  }

  chunk(size: number, signature: string): void {
    this.chunkCount++;
    if (size > 0 && this.previousSize !== undefined && this.previousSize < LEAST_CHUNK) {
      throw refusal.invalidChunkSize(this.chunkCount, this.previousSize);
    }
    this.previousSize = size;
    this.chunkSignature = signature;
    if (size === 0) this.signatures?.checkChunk(EMPTY_SHA256, signature);
  }

  data(slice: Buffer): void {
    if (this.signatures !== undefined) this.sha256.update(slice);
    this.content.write(slice);
  }

  chunkEnd(): void {
    if (this.signatures === undefined) return;
    this.signatures.checkChunk(this.sha256.digest("hex"), this.chunkSignature);
    this.sha256 = createHash("sha256");
  }

  trailer(name: string, value: string | undefined): void {
    if (value === undefined || this.trailerSignature !== undefined) throw refusal.malformedTrailer();
    if (this.signatures !== undefined && name === TRAILER_SIGNATURE) this.trailerSignature = value;
    else if (name !== this.trailerName || this.trailerLines.length > 0) throw refusal.malformedTrailer();
    else this.trailerLines.push(`${name}:${value}`);
  }

  private checkTrailers(name: string): void {
    const [line] = this.trailerLines;
    if (line === undefined) throw refusal.malformedTrailer();
    if (this.signatures !== undefined) {
      if (this.trailerSignature === undefined) throw refusal.bodyEndedEarly();
      this.signatures.checkTrailers(this.trailerLines, this.trailerSignature);
    }
    const algorithm = checksumAlgorithm(name)!;
    const value = line.slice(name.length + 1);
    if (!isChecksumValue(algorithm, value)) throw refusal.invalidChecksumHeader(name, true);
    this.content.setTrailer({ algorithm, value });
  }
}

function readTrailerName(header: string | undefined): string {
  if (header === undefined || header === "") throw refusal.malformedTrailer();
  if (checksumAlgorithm(header) === undefined) throw refusal.invalidRequest("The value specified in the x-amz-trailer header is not supported");
  return header;
}
