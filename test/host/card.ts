// A card in memory, with the manners of FAT behind src/espruino/files.ts, and with faults (the port Files).
import { failure } from "../../src/flow/failure";
import type { FileInfo, Files, OpenFile } from "../../src/platform/ports";
import { bufferOf } from "./hash";
import type { VirtualTime } from "./time";

interface Entry {
  /** As written by its first owner; the card knows no letter case. */
  path: string;
  bytes: string;
  /** What the directory says: brought up to date when the file is synced or closed. */
  size: number;
  modified: number;
}

export class Card {
  /** Bytes that fit on the card, in all files. */
  capacity = Infinity;
  /** The most bytes one read gives; 8192 asked for may then need several. */
  longestRead = Infinity;
  /** Called before each read: the place to change a file while it is sent, or to pull the card out. */
  beforeRead: (path: string, position: number) => void = () => {};
  /** Called before each write, with all bytes of the file so far. */
  beforeWrite: (path: string, position: number) => void = () => {};
  /** False: the card does not give a file up. */
  removable: (path: string) => boolean = () => true;
  private readonly entries = new Map<string, Entry>();
  /** Grows whenever the card leaves its slot: files opened before are dead. */
  private insertion = 1;
  private mounted = 1;
  private inSlot = true;
  private open = 0;
  private boots = 0;

  constructor(private readonly time: VirtualTime) {}

  /** A file as another program leaves it. */
  put(path: string, bytes: string, modified = this.now()): void {
    bufferOf(bytes);
    this.entries.set(path.toLowerCase(), { path, bytes, size: bytes.length, modified });
  }

  /** All bytes of a file, or undefined. */
  bytes(path: string): string | undefined {
    return this.entries.get(path.toLowerCase())?.bytes;
  }

  paths(): string[] {
    return [...this.entries.values()].map((entry) => entry.path);
  }

  /** Files that were opened and not closed. */
  get openFiles(): number {
    return this.open;
  }

  /** From here on nothing answers. */
  pullOut(): void {
    this.inSlot = false;
    this.insertion++;
  }

  /** Back in: it answers again once it is mounted; files that were open stay dead. */
  insert(): void {
    this.inSlot = true;
  }

  /** The power goes: what the directory does not know of yet is lost, open files are gone. */
  powerCycle(): void {
    for (const entry of this.entries.values()) entry.bytes = entry.bytes.slice(0, entry.size);
    this.insertion++;
    this.boots++;
    this.open = 0;
    if (this.inSlot) this.mounted = this.insertion;
  }

  readonly files: Files = {
    longestPath: 63,
    mount: () => {
      if (!this.inSlot) return failure("card", "There is no card", "Put one in.");
      this.mounted = this.insertion;
      return undefined;
    },
    stat: (path) => this.stat(path),
    open: (path, mode) => this.openFile(path, mode),
    remove: (path) => this.removable(path) && this.answers(path) && this.entries.delete(path.toLowerCase()),
    list: (directory) => this.list(directory),
  };

  /** A directory is there while it holds a file; below the root it has dots, as on FAT. */
  private list(directory: string): string[] | undefined {
    if (!this.answers(directory)) return undefined;
    const start = directory.toLowerCase() + "/";
    const names = this.paths().filter((path) => path.toLowerCase().startsWith(start)).map((path) => path.slice(start.length).split("/")[0]!);
    return names.length ? [".", "..", ...new Set(names)] : undefined;
  }

  private now(): number {
    return Math.floor(this.time.clock.now() / 2000) * 2000;
  }

  private answers(path: string): boolean {
    return this.inSlot && this.mounted === this.insertion && path !== "" && bufferOf(path).length <= this.files.longestPath;
  }

  private stat(path: string): FileInfo | undefined {
    const entry = this.answers(path) ? this.entries.get(path.toLowerCase()) : undefined;
    return entry && { size: entry.size, modified: entry.modified };
  }

  private used(): number {
    let used = 0;
    for (const entry of this.entries.values()) used += entry.bytes.length;
    return used;
  }

  private openFile(path: string, mode: "r" | "w" | "a"): OpenFile | undefined {
    if (!this.answers(path)) return undefined;
    const found = this.entries.get(path.toLowerCase());
    if (mode === "r" && !found) return undefined;
    if (!found || mode === "w") this.put(path, "");
    const entry = this.entries.get(path.toLowerCase())!;
    const { insertion, boots } = this;
    let position = mode === "a" ? entry.bytes.length : 0;
    let closed = false;
    this.open++;
    const alive = () => !closed && this.inSlot && this.insertion === insertion && this.entries.get(path.toLowerCase()) !== undefined;
    return {
      read: (length) => {
        this.beforeRead(path, position);
        if (!alive() || mode !== "r") return "";
        const bytes = this.entries.get(path.toLowerCase())!.bytes.substr(position, Math.min(length, this.longestRead));
        position += bytes.length;
        return bytes;
      },
      write: (data, sync) => {
        bufferOf(data);
        this.beforeWrite(path, position);
        if (!alive() || mode === "r") return false;
        const fits = data.slice(0, Math.max(0, this.capacity - this.used()));
        entry.bytes = entry.bytes.slice(0, position) + fits + entry.bytes.slice(position + fits.length);
        position += fits.length;
        if (sync) entry.size = entry.bytes.length;
        return fits.length === data.length;
      },
      seek: (to) => {
        position = Math.min(to, entry.bytes.length);
      },
      close: () => {
        if (closed) return;
        if (mode !== "r" && alive()) {
          entry.size = entry.bytes.length;
          entry.modified = this.now();
        }
        if (boots === this.boots) this.open--;
        closed = true;
      },
    };
  }
}
