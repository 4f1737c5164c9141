// What a board's console sends, told apart: our framed answers, and everything else. Pure: bytes in, events out, however they are cut.
import { crc32 } from "../build/crc32.js";

/**
 * A framed answer. Kinds: "+" begun, "=" value, "!" the device's failure, "?" thrown, "#" the line came broken, "," a piece is there.
 * `text` is JSON.
 */
export interface Frame {
  id: number;
  kind: string;
  text: string;
  /** Length and checksum are right. */
  whole: boolean;
}

export interface ReaderEvents {
  frame(frame: Frame): void;
  /** Whatever is no frame, as it comes. */
  text(bytes: string): void;
}

const HEAD = /^(\d{1,9})([-+=!?#,])(\d{1,10}):/;

/** Frames are ~SESSION:ID KIND CRC:TEXT~SESSION> without spaces. SESSION is random, so that nothing a program prints looks like one. */
export class Reader {
  private held = "";
  private swallow = "";
  private readonly start: string;
  private readonly end: string;

  constructor(session: string, private readonly events: ReaderEvents) {
    this.start = `~${session}:`;
    this.end = `~${session}>`;
  }

  feed(bytes: string): void {
    // A device may send XOFF and XON on its way; neither is part of any text.
    this.held += bytes.replace(/[\x11\x13]/g, "");
    while (this.take()) continue;
  }

  /** Gives away what is held back, also half a frame: nothing more will come of it. */
  flush(): void {
    const rest = this.held;
    this.held = "";
    this.tell(rest);
  }

  /** Handles the first frame or the text before it. True if there may be more. */
  private take(): boolean {
    const at = this.held.indexOf(this.start);
    if (at < 0) {
      const keep = this.partialStart();
      const text = this.held.slice(0, this.held.length - keep);
      this.held = this.held.slice(this.held.length - keep);
      this.tell(text);
      return false;
    }
    if (at > 0) {
      this.tell(this.held.slice(0, at));
      this.held = this.held.slice(at);
    }
    const body = this.held.slice(this.start.length), end = body.indexOf(this.end), again = body.indexOf(this.start);
    // The board restarted within a frame: it is cut, what follows is another.
    if (again >= 0 && (end < 0 || again < end)) {
      this.tell(this.held.slice(0, this.start.length + again));
      this.held = body.slice(again);
      return true;
    }
    if (end < 0) return false;
    this.held = body.slice(end + this.end.length);
    this.swallow = "\r\n";
    const text = body.slice(0, end), head = HEAD.exec(text);
    if (head) {
      const json = text.slice(head[0].length);
      this.events.frame({ id: Number(head[1]), kind: head[2]!, text: json, whole: crc32(json) === Number(head[3]) });
    }
    return true;
  }

  /** How many characters at the end may be the beginning of a frame. */
  private partialStart(): number {
    for (let length = Math.min(this.start.length - 1, this.held.length); length > 0; length--) {
      if (this.held.endsWith(this.start.slice(0, length))) return length;
    }
    return 0;
  }

  private tell(text: string): void {
    // The line end behind a frame belongs to it.
    while (text && this.swallow) {
      if (text[0] === this.swallow[0]) text = text.slice(1);
      else if (text[0] !== "\n") break;
      this.swallow = this.swallow.slice(1);
    }
    if (text) {
      this.swallow = "";
      this.events.text(text);
    }
  }
}

const ESCAPES = /\x1b\[[0-9;?]*[A-Za-z]|\x1b[^[]/g;

/** A console's text in lines as a person sees them: without prompt, escape sequences and what was typed over. */
export class Lines {
  private rest = "";

  constructor(private readonly line: (text: string) => void) {}

  /** A frame came: the prompt before it is not part of a line. (Where a line has no echo, the interpreter does not take its prompt away.) */
  frame(): void {
    if (/^>*$/.test(lastSeen(this.rest))) this.rest = "";
  }

  feed(text: string): void {
    this.rest += text;
    for (let at = this.rest.indexOf("\n"); at >= 0; at = this.rest.indexOf("\n")) {
      const shown = shownLine(this.rest.slice(0, at));
      this.rest = this.rest.slice(at + 1);
      if (shown !== undefined) this.line(shown);
    }
    // No line of a board is that long.
    if (this.rest.length > 100_000) this.rest = this.rest.slice(-1000);
  }
}

/** What stands in a line in the end: what was typed over it, without escape sequences. */
function lastSeen(raw: string): string {
  return raw.split("\r").pop()!.replace(ESCAPES, "").replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "");
}

/** One line as it is seen in the end; undefined where only a prompt was. (The interpreter takes its prompt away before it prints.) */
function shownLine(raw: string): string | undefined {
  const text = lastSeen(raw.replace(/\r+$/, ""));
  return text === "" || text === ">" ? undefined : text;
}
