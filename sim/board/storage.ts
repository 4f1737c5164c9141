// The flash memory that require("Storage") shows: named files of fixed length. It outlives resets and power cycles.
import fs from "node:fs";
import path from "node:path";
import { asBytes, collectBytes, fromBuffer, toBuffer } from "./bytes";
import { LenientParser } from "./language/lenient-parser";
import type { Realm } from "./realm";

const longestName = 28;
const headerLength = 32;

/** The bytes of the flash, by file name: kept by whoever boots the board, and given to its next boot. */
export type Flash = Map<string, string>;

/** A flash whose files lie in a directory of this machine, so that they outlive this process. */
export function flashInDirectory(directory: string): Flash {
  fs.mkdirSync(directory, { recursive: true });
  const flash = new (class extends Map<string, string> {
    override set(name: string, bytes: string): this {
      fs.writeFileSync(path.join(directory, encodeURIComponent(name)), toBuffer(bytes));
      return super.set(name, bytes);
    }
    override delete(name: string): boolean {
      fs.rmSync(path.join(directory, encodeURIComponent(name)), { force: true });
      return super.delete(name);
    }
    override clear(): void {
      for (const name of [...this.keys()]) this.delete(name);
    }
  })();
  for (const file of fs.readdirSync(directory)) {
    Map.prototype.set.call(flash, decodeURIComponent(file), fromBuffer(fs.readFileSync(path.join(directory, file))));
  }
  return flash;
}

export class Storage {
  /** Bytes of files that were replaced or erased: lost until the flash is compacted. */
  private trash = 0;

  constructor(private readonly realm: Realm, private readonly flash: Flash, private readonly size: number) {}

  /** The file, or undefined. Trap: a name longer than 28 characters is cut, silently. */
  read(name: unknown, offset = 0, length = 0): string | undefined {
    const bytes = this.flash.get(cut(name));
    if (bytes === undefined) return undefined;
    const start = Math.max(offset, 0);
    return bytes.slice(start, length > 0 ? start + length : undefined);
  }

  write(name: unknown, data: unknown, offset = 0, size = 0): boolean {
    if (offset < 0 || size < 0) return false;
    if (isPlainObject(data)) return this.write(name, this.realm.intrinsics.JSON.stringify(data));
    const bytes = typeof data === "string" ? asBytes(data) : data === undefined ? undefined : fromBuffer(collectBytes(data));
    if (bytes === undefined) throw this.realm.error("Error", "Can't get pointer to data to write");
    const wanted = size || bytes.length;
    if (wanted === 0) throw this.realm.error("Error", "Can't create zero length file");
    const key = cut(name);
    let old = this.flash.get(key);
    if (offset === 0 && old === bytes && wanted === bytes.length) return true;
    if (offset === 0 && (old === undefined || old.length !== wanted || /[^\xff]/.test(old))) {
      if (old !== undefined) this.erase(key);
      this.makeRoom(wanted);
      old = "\xff".repeat(wanted);
    }
    if (old === undefined) throw this.realm.error("Error", "Unable to find or create file");
    if (offset + bytes.length > old.length) throw this.realm.error("Error", "Too much data for file size");
    if (/[^\xff]/.test(old.slice(offset, offset + bytes.length))) throw this.realm.error("Error", "File already written with different data");
    this.flash.set(key, old.slice(0, offset) + bytes + old.slice(offset + bytes.length));
    return true;
  }

  erase(name: unknown): void {
    const key = cut(name);
    this.trash += occupied(this.flash.get(key));
    this.flash.delete(key);
  }

  getFree(): number {
    let used = this.trash;
    for (const bytes of this.flash.values()) used += occupied(bytes);
    return Math.max(this.size - used, 0);
  }

  compact(): void {
    this.trash = 0;
  }

  list(): string[] {
    return [...this.flash.keys()];
  }

  /** The module of require("Storage"). */
  module(): object {
    const { realm } = this;
    const module = realm.object();
    realm.define(module, {
      read: (name: unknown, offset?: number, length?: number) => this.read(name, offset, length),
      readArrayBuffer: (name: unknown) => {
        const bytes = this.read(name);
        return bytes === undefined ? undefined : realm.arrayBuffer(toBuffer(bytes));
      },
      readJSON: (name: unknown, quiet?: boolean) => {
        const bytes = this.read(name);
        if (bytes === undefined) return undefined;
        try {
          return new LenientParser(bytes, realm, true).parse();
        } catch (error) {
          if (quiet) return undefined;
          throw error;
        }
      },
      write: (name: unknown, data: unknown, offset?: number, size?: number) => this.write(name, data, offset, size),
      writeJSON: (name: unknown, data: unknown) => this.write(name, realm.intrinsics.JSON.stringify(data)),
      erase: (name: unknown) => this.erase(name),
      eraseAll: () => { this.flash.clear(); this.trash = 0; },
      compact: () => this.compact(),
      optimise: () => undefined,
      getFree: () => this.getFree(),
      getStats: () => {
        const files = [...this.flash.values()];
        const fileBytes = files.reduce((sum, bytes) => sum + occupied(bytes), 0);
        return realm.object({
          totalBytes: this.size, freeBytes: this.getFree(), fileBytes, fileCount: files.length, trashBytes: this.trash, trashCount: 0,
        });
      },
      list: (pattern?: RegExp) => realm.array(this.list().filter((name) => pattern === undefined || pattern.test(name))),
      open: () => { throw realm.error("Error", "StorageFile is not part of the virtual board"); },
    });
    return module;
  }

  private makeRoom(length: number): void {
    if (this.getFree() < length + headerLength) this.compact();
    if (this.getFree() < length + headerLength) throw this.realm.error("Error", "Unable to find or create file");
  }
}

function cut(name: unknown): string {
  return asBytes(name).slice(0, longestName);
}

function occupied(bytes: string | undefined): number {
  return bytes === undefined ? 0 : headerLength + Math.ceil(bytes.length / 4) * 4;
}

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
    && Object.prototype.toString.call(value) === "[object Object]";
}
