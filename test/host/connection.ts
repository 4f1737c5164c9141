// One connection of the mock TLS socket (tls.ts): it plays the rows of its script and watches over the contract.
import type { Bytes } from "../../src/bytes/bytes";
import type { FailureCode } from "../../src/flow/failure";
import { failure } from "../../src/flow/failure";
import type { Socket, SocketEvents, TlsOptions } from "../../src/platform/ports";
import { bufferOf } from "./hash";
import { type Expected, type Row, takenBy } from "./script";
import type { VirtualTime } from "./time";

type State = "opening" | "open" | "ending" | "over";

export class Connection {
  readonly options: TlsOptions;
  /** All bytes the peer got. */
  received: Bytes = "";
  state: State = "opening";
  /** Bytes that no row has taken. */
  private untaken: Bytes = "";
  private at = 0;
  private pausing = false;
  private taking = false;
  private held = false;
  /** The piece under way. */
  private piece: Bytes | undefined;
  private silence: number | undefined;
  /** What is pumped. */
  private next: (() => Bytes) | undefined;
  /** The client's patience ended, and no row had it so. */
  private fellSilent = false;

  readonly socket: Socket = {
    write: (bytes) => this.write(bytes),
    pump: (next) => this.pump(next),
    end: () => this.end(),
  };

  constructor(
    private readonly time: VirtualTime, options: TlsOptions, private events: SocketEvents, private readonly rows: Row[],
    private readonly answerFirst: boolean, private readonly fault: (what: string) => never,
  ) {
    this.options = { ...options };
    const first = rows[0];
    if (first?.row === "refused") this.later(first.after, () => this.finish(first.code, first.message));
    else if (first?.row === "silentHandshake") this.later(options.handshakeSeconds * 1000, () => this.finish("timeout"));
    else this.later(0, () => this.opened(options));
  }

  /** What is left to do, or "" if nothing is. */
  remains(): string {
    if (this.state !== "over") return "it is still " + this.state + " at row " + this.at + " of " + this.rows.length;
    if (this.at < this.rows.length) return "row " + this.at + " was not reached: " + JSON.stringify(this.rows[this.at]);
    if (this.fellSilent) return "it fell silent without a stall row";
    return this.untaken === "" || this.taking ? "" : "no row asked for " + JSON.stringify(this.untaken.slice(0, 200));
  }

  /** Runs an action later, unless the connection is over by then. */
  private later(milliseconds: number, action: () => void): number {
    return this.time.timers.after(milliseconds, () => {
      if (this.state !== "over") action();
    });
  }

  private opened(options: TlsOptions): void {
    if (this.state !== "opening") return;
    this.state = "open";
    const hello = options.hello;
    options.hello = "";
    this.moved();
    this.later(0, () => this.take(hello));
    // A script that begins with `hold` holds the first piece too.
    this.play();
    this.events = (this.events.open() as SocketEvents | undefined) || this.events;
  }

  private write(bytes: Bytes): void {
    if (this.state === "ending" || this.state === "over") return;
    if (this.state === "opening") this.fault("a write before open");
    if (this.piece !== undefined) this.fault("a write before the drain of the last one");
    if (bytes === "") this.fault("a write of nothing: no drain follows");
    bufferOf(bytes);
    this.piece = bytes;
    if (!this.held) this.send();
  }

  private pump(next: (() => Bytes) | undefined): void {
    if (this.state === "ending" || this.state === "over") return;
    if (this.state === "opening") this.fault("a pump before open");
    if (next && this.piece !== undefined) this.fault("a pump before the drain of the last piece");
    this.next = next;
    if (next) this.drain();
  }

  /** Asks the pump for the next piece, or tells the client. */
  private drain(): void {
    const piece = this.next ? this.next() : "";
    if (piece !== "") return this.write(piece);
    this.next = undefined;
    this.events.drain();
  }

  /** The piece gets on its way: the peer has it, a drain follows. */
  private send(): void {
    const piece = this.piece!;
    let onItsWay = false;
    const arrive = () => {
      if (onItsWay || this.state === "open") this.take(piece);
    };
    const drained = () => {
      if (this.state !== "open") return;
      onItsWay = true;
      this.piece = undefined;
      this.moved();
      this.drain();
    };
    if (this.answerFirst) {
      this.later(0, arrive);
      this.later(1, drained);
    } else {
      this.later(0, drained);
      this.later(0, arrive);
    }
  }

  private end(): void {
    if (this.state === "ending" || this.state === "over") return;
    this.state = "ending";
    this.silence = this.time.timers.cancel(this.silence);
    this.later(0, () => this.finish(undefined));
  }

  private finish(code: FailureCode | undefined, message = "The mock connection ended: " + code): void {
    const { row } = this.rows[this.at] ?? { row: "" };
    // A peer that wants to end cleanly is content if the client was faster.
    if (row === "refused" || row === "silentHandshake" || row === "stall" || row === "endClean") this.at++;
    if (row === "ended" && this.state === "ending") this.at++;
    // After end() the client hears nothing but the end.
    const failed = this.state === "ending" ? undefined : code;
    this.state = "over";
    this.silence = this.time.timers.cancel(this.silence);
    if (failed) this.events.failed(failure(failed, message, "Look at the test."));
    else this.events.end();
  }

  private moved(): void {
    this.silence = this.time.timers.cancel(this.silence);
    if (this.options.silenceSeconds) this.silence = this.later(this.options.silenceSeconds * 1000, () => this.silent());
  }

  private silent(): void {
    this.fellSilent = this.rows[this.at]?.row !== "stall";
    this.finish("timeout");
  }

  private take(bytes: Bytes): void {
    this.received += bytes;
    this.untaken += bytes;
    this.play();
  }

  /** Plays rows until one has to wait. */
  private play(): void {
    while (!this.pausing && this.at < this.rows.length) {
      const row = this.rows[this.at]!;
      // What was on its way when the client ended still comes; the peer says nothing more.
      if (this.state !== "open" && row.row !== "expect" && row.row !== "readAll") return;
      if (row.row === "stall") this.taking = true;
      if (row.row === "stall" || row.row === "ended" || !this.playRow(row)) return;
      this.at++;
    }
  }

  /** False if the row is not done yet. */
  private playRow(row: Row): boolean {
    switch (row.row) {
      case "expect":
        return this.expect(row.what);
      case "send":
        for (const slice of row.slices) this.later(0, () => this.deliver(slice));
        return this.pause(0);
      case "wait":
        return this.pause(row.milliseconds);
      case "hold":
        this.held = true;
        return true;
      case "release":
        this.held = false;
        if (this.piece !== undefined) this.send();
        return true;
      case "readAll":
        this.taking = true;
        return true;
      case "endClean":
        this.later(0, () => this.finish(undefined));
        return true;
      case "breakOff":
        this.later(0, () => this.finish(row.code));
        return true;
      default:
        return this.fault(row.row + " can only be the first row");
    }
  }

  private deliver(slice: Bytes): void {
    if (this.state !== "open") return;
    this.moved();
    this.events.data(slice);
  }

  /** The rows go on after so long; until then bytes are only gathered. */
  private pause(milliseconds: number): boolean {
    this.pausing = true;
    this.later(milliseconds, () => {
      this.pausing = false;
      this.play();
    });
    return true;
  }

  private expect(what: Expected): boolean {
    const taken = takenBy(what, this.untaken, (difference) => this.fault(`row ${this.at} ${difference}`));
    if (taken === undefined) return false;
    this.untaken = this.untaken.slice(taken);
    return true;
  }
}
