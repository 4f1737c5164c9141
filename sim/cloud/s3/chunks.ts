// Takes aws-chunked bodies apart, in any slicing (S3 API reference, "Signature calculations ... multiple chunks").
// Framing only: signatures, sizes and checksums are judged by whoever listens.
import { refusal } from "./errors";

/** What a body consists of, in the order it comes. A listener refuses by throwing. */
export interface ChunkListener {
  /** A chunk begins; size 0 is the last. The signature is "" where chunks are not signed. */
  chunk(size: number, signature: string): void;
  data(slice: Buffer): void;
  /** All of the chunk's data came. Not called for the last, empty chunk. */
  chunkEnd(): void;
  /** One trailer line, split at the first colon. `undefined` if there is none. */
  trailer(name: string, value: string | undefined): void;
}

export interface ChunkFraming {
  signed: boolean;
  trailers: boolean;
}

/** No line of the framing is longer, trailer signature and checksums included. */
const LONGEST_LINE = 1024;

/** Feed it the body with write(), then call end(). Both fail with IncompleteBody when the framing is broken. */
export class ChunkParser {
  private state: "size" | "data" | "dataEnd" | "trailer" | "last" | "done" = "size";
  private line = "";
  private remaining = 0;

  constructor(
    private readonly framing: ChunkFraming,
    private readonly listener: ChunkListener,
  ) {}

  write(slice: Buffer): void {
    let at = 0;
    while (at < slice.length) {
      if (this.state === "done") throw refusal.bodyEndedEarly();
      if (this.state === "data") {
        const end = Math.min(slice.length, at + this.remaining);
        this.listener.data(slice.subarray(at, end));
        this.remaining -= end - at;
        at = end;
        if (this.remaining === 0) {
          this.listener.chunkEnd();
          this.state = "dataEnd";
        }
        continue;
      }
      const newline = slice.indexOf(10, at);
      const end = newline < 0 ? slice.length : newline + 1;
      this.line += slice.toString("latin1", at, end);
      at = end;
      if (this.line.length > LONGEST_LINE) throw refusal.bodyEndedEarly();
      if (newline >= 0) this.readLine(this.takeLine());
    }
  }

  end(): void {
    if (this.state !== "done") throw refusal.bodyEndedEarly();
  }

  private takeLine(): string {
    const line = this.line;
    this.line = "";
    if (!line.endsWith("\r\n")) throw refusal.bodyEndedEarly();
    return line.slice(0, -2);
  }

  private readLine(line: string): void {
    if (this.state === "size") this.readSize(line);
    else if (this.state === "trailer" && line !== "") {
      const colon = line.indexOf(":");
      if (colon < 0) this.listener.trailer(line, undefined);
      else this.listener.trailer(line.slice(0, colon), line.slice(colon + 1));
    } else if (line !== "") throw refusal.bodyEndedEarly();
    else this.state = this.state === "dataEnd" ? "size" : "done";
  }

  private readSize(line: string): void {
    const match = (this.framing.signed ? /^([0-9a-fA-F]{1,12});chunk-signature=([0-9a-f]{64})$/ : /^([0-9a-fA-F]{1,12})()$/).exec(line);
    if (match === null) throw refusal.bodyEndedEarly();
    this.remaining = parseInt(match[1]!, 16);
    this.listener.chunk(this.remaining, match[2]!);
    if (this.remaining > 0) this.state = "data";
    else this.state = this.framing.trailers ? "trailer" : "last";
  }
}
