// The mounted file system: paths, their limits and errors, and the files that are open.
import fs from "node:fs";
import path from "node:path";
import { asBytes, fromBuffer, readable } from "../bytes";
import type { Profile } from "../options";
import type { Realm } from "../realm";
import type { Card } from "./card";
import type { OpenFile } from "./open-file";

const longestPath = 63;

/** Names of FatFs results by the error code of this machine. The Linux build only says UNKNOWN. */
const fatNames: Record<string, string> = {
  ENOENT: "NO_FILE", ENOTDIR: "NO_PATH", EISDIR: "NO_FILE", EEXIST: "EXIST", ENOTEMPTY: "DENIED", EPERM: "DENIED", EACCES: "DENIED",
};

export class Volume {
  readonly open = new Set<OpenFile>();
  /** E.connectSDCard was called. The Linux build needs no card. */
  connected: boolean;
  unsynced = false;
  private mounted: number | undefined;

  constructor(readonly realm: Realm, readonly card: Card | undefined, readonly profile: Profile) {
    this.connected = profile === "linux";
  }

  /** Must be called before every access: mounts the card on the first one. Throws what the interpreter throws. */
  mount(): Card {
    if (!this.connected) throw this.realm.error("Error", "SD card must be setup with E.connectSDCard first");
    const { card } = this;
    if (this.mounted === undefined) {
      if (!card?.inserted) throw this.failure("Unable to mount media", "NOT_READY");
      this.mounted = card.insertions;
    }
    return card as Card;
  }

  /** The card that was mounted is still in its place. Trap: after it was out nothing works until E.unmountSD(). */
  get healthy(): boolean {
    return this.card !== undefined && this.card.inserted && this.mounted === this.card.insertions;
  }

  /** E.unmountSD(): closes every file. */
  unmount(): void {
    for (const file of [...this.open]) file.close();
    this.mounted = undefined;
    if (this.profile !== "linux") this.connected = false;
  }

  /** Power is gone: what was never synced to the card is lost. */
  loseUnsynced(): void {
    for (const file of [...this.open]) file.abandon();
    this.mounted = undefined;
  }

  /** The place of a board path on this machine. */
  resolve(given: unknown): string {
    const bytes = given === undefined ? "" : asBytes(given);
    if (this.profile === "esp32" && bytes.length > longestPath) {
      throw this.realm.error("Error", "File path too long");
    }
    const parts = readable(bytes).split("/").filter((part) => part !== "" && part !== ".");
    if (parts.includes("..")) throw this.failure("Could not open file", "NO_PATH");
    return parts.reduce((directory, part) => this.enter(directory, part), this.mount().directory);
  }

  /** Runs an access to the card and turns its errors into Espruino's. */
  attempt<T>(message: string, access: () => T): T {
    if (!this.healthy) throw this.failure(message, "DISK_ERR");
    try {
      return access();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === undefined) throw error;
      throw this.failure(message, fatNames[code] ?? "DISK_ERR");
    }
  }

  failure(message: string, fat: string): Error {
    return this.realm.error("Error", `${message} : ${this.profile === "linux" && fat !== "DISK_ERR" ? "UNKNOWN" : fat}`);
  }

  /** A name of a directory as the program sees it: bytes. */
  name(entry: string): string {
    return fromBuffer(Buffer.from(entry, "utf8"));
  }

  /** FAT does not tell upper from lower case. */
  private enter(directory: string, part: string): string {
    const exact = path.join(directory, part);
    if (this.profile === "linux" || fs.existsSync(exact) || !fs.existsSync(directory) || !fs.statSync(directory).isDirectory()) return exact;
    const alike = fs.readdirSync(directory).find((entry) => entry.toLowerCase() === part.toLowerCase());
    return alike === undefined ? exact : path.join(directory, alike);
  }
}

