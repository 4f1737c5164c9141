// The SD card: a directory of this machine, with a size, that a test can pull out.
import fs from "node:fs";
import path from "node:path";

export interface CardOptions {
  /** Directory of this machine that holds the card's files. It is created if it is not there. */
  readonly directory: string;
  /** Bytes that fit; without it there is no limit. */
  readonly size?: number;
}

export class Card {
  readonly directory: string;
  /** Bytes that fit on the card. May be changed at any time. */
  size: number;
  private present = true;
  /** Counts insertions: a card that was out must be mounted again. */
  insertions = 1;

  constructor(options: CardOptions) {
    this.directory = path.resolve(options.directory);
    this.size = options.size ?? Infinity;
    fs.mkdirSync(this.directory, { recursive: true });
  }

  get inserted(): boolean {
    return this.present;
  }

  /** Pulls the card out: every access fails until it is back and mounted again. */
  remove(): void {
    this.present = false;
  }

  insert(): void {
    if (!this.present) this.insertions++;
    this.present = true;
  }

  /** Bytes in use. */
  used(directory = this.directory): number {
    let sum = 0;
    for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
      const inside = path.join(directory, entry.name);
      if (entry.isDirectory()) sum += this.used(inside);
      else if (entry.isFile()) sum += fs.statSync(inside).size;
    }
    return sum;
  }
}
