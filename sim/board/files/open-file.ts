// One open file: what E.openFile gives.
import fs from "node:fs";
import { asBytes, collectBytes, fromBuffer } from "../bytes";
import type { Volume } from "./volume";

/** Modes and what they mean here. Trap: "w+" keeps the content on a card but empties the file on Linux. */
const modes: Record<string, { readonly flags: string; readonly read: boolean; readonly write: boolean }> = {
  "r": { flags: "r", read: true, write: false },
  "r+": { flags: "r+", read: true, write: true },
  "w": { flags: "w+", read: false, write: true },
  "w+": { flags: "w+", read: true, write: true },
  "a": { flags: "a+", read: false, write: true },
};

export class OpenFile {
  private position = 0;
  private syncedSize: number;
  private closed = false;

  /** @returns undefined for a mode that does not exist: there is no error then */
  static open(volume: Volume, path: unknown, mode: unknown): OpenFile | undefined {
    const name = mode === undefined ? "r" : asBytes(mode).slice(0, 2);
    const kind = modes[name];
    volume.mount();
    if (path === undefined) throw volume.realm.error("Error", "Path is undefined");
    const place = volume.resolve(path);
    if (!kind) return undefined;
    return volume.attempt("Could not open file", () => {
      if (fs.existsSync(place) && fs.statSync(place).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
      let flags = kind.flags;
      if (name === "w+" && volume.profile === "esp32" && fs.existsSync(place)) flags = "r+";
      if (name === "a") flags = fs.existsSync(place) ? "r+" : "w+";
      const file = new OpenFile(volume, fs.openSync(place, flags), kind.read, kind.write);
      if (name === "a") file.position = fs.fstatSync(file.descriptor).size;
      volume.open.add(file);
      return file;
    });
  }

  private constructor(
    private readonly volume: Volume, private readonly descriptor: number,
    private readonly readable: boolean, private readonly writable: boolean,
  ) {
    this.syncedSize = fs.fstatSync(descriptor).size;
  }

  /** Up to n bytes, or undefined at the end of the file (and for a closed file or a wrong mode). */
  read(n: unknown): string | undefined {
    const wanted = Math.max(Math.trunc(Number(n)) || 0, 0);
    if (this.closed || !this.readable) return undefined;
    return this.volume.attempt("Unable to read file", () => {
      const left = fs.fstatSync(this.descriptor).size - this.position;
      if (left <= 0 || wanted === 0) return undefined;
      const buffer = Buffer.allocUnsafe(Math.min(wanted, left));
      const got = fs.readSync(this.descriptor, buffer, 0, buffer.length, this.position);
      this.position += got;
      return fromBuffer(buffer.subarray(0, got));
    });
  }

  /** Bytes written. A full card, or one that was pulled out, throws. Numbers and undefined write nothing. */
  write(data: unknown): number {
    if (data === undefined || typeof data === "number" || this.closed || !this.writable) return 0;
    const { volume } = this;
    const bytes = elements(data);
    if (!volume.healthy) throw volume.failure("Unable to write file", "DISK_ERR");
    const grows = this.position + bytes.length - fs.fstatSync(this.descriptor).size;
    const fits = grows > 0 && Number.isFinite(volume.card!.size) ? bytes.length - Math.max(grows - (volume.card!.size - volume.card!.used()), 0) : bytes.length;
    const written = fits > 0 ? volume.attempt("Unable to write file", () => fs.writeSync(this.descriptor, bytes, 0, fits, this.position)) : 0;
    this.position += written;
    if (!volume.unsynced) this.syncedSize = fs.fstatSync(this.descriptor).size;
    // FatFs writes what fits and then nothing: that is reported as a broken disk
    if (written < bytes.length) throw volume.failure("Unable to write file", "DISK_ERR");
    return written;
  }

  seek(position: unknown): void {
    const target = Math.trunc(Number(position)) || 0;
    if (target >= 0 && !this.closed) this.position = this.writable ? target : Math.min(target, fs.fstatSync(this.descriptor).size);
  }

  skip(n: unknown): void {
    const distance = Math.trunc(Number(n)) || 0;
    if (distance >= 0) this.seek(this.position + distance);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.volume.open.delete(this);
    fs.closeSync(this.descriptor);
  }

  /** Power went off. Trap: with the flag unsyncFiles the directory still has the size of the last sync. */
  abandon(): void {
    if (this.closed) return;
    if (this.writable && this.volume.profile === "esp32") fs.ftruncateSync(this.descriptor, Math.min(this.syncedSize, fs.fstatSync(this.descriptor).size));
    this.close();
  }

}

/** Unlike hashes and E.toString, write() does not look into nested arrays: they are one element each. */
function elements(data: unknown): Buffer {
  return Array.isArray(data) ? Buffer.from((data as unknown[]).map((one) => (Array.isArray(one) ? 0 : Number(one) & 255))) : collectBytes(data);
}
