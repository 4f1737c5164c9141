// Named records in memory, with the manners of Espruino's Storage behind src/espruino/flash.ts, and with faults (the port Flash).
import type { Flash } from "../../src/platform/ports";
import { bufferOf } from "./hash";

/** The power was cut in the middle of a write: the test goes on with a new device on the same flash. */
export class PowerCut extends Error {}

export class FlashRecords {
  /** Bytes that fit, in all records. */
  capacity = Infinity;
  /** How many bytes of the write with this number (1 is the next) reach the flash before the power is cut. */
  private cut: { write: number; bytes: number } | undefined;
  readonly records = new Map<string, string>();
  /** Names in the order they were written. */
  readonly writes: string[] = [];

  /** Cuts the power in the `write`th write from now on (1 is the next), after so many bytes of it. */
  cutPower(write: number, bytes: number): void {
    this.cut = { write: this.writes.length + write, bytes };
  }

  readonly flash: Flash = {
    read: (name, at, length) => (at === undefined ? this.records.get(name) : this.records.get(name)?.substr(at, length)),
    write: (name, data, offset, size) => {
      bufferOf(data);
      if (name.length > 28 || data === "") return false;
      this.writes.push(name);
      if (offset !== undefined && size !== undefined) return this.writePiece(name, data, offset, size);
      if (this.records.get(name) === data) return true;
      // The old record is erased before there is room for the new one: a full flash loses both.
      this.records.delete(name);
      if (this.cut?.write === this.writes.length) {
        this.records.set(name, data.slice(0, this.cut.bytes).padEnd(data.length, "\xff"));
        throw new PowerCut(`the power was cut after ${this.cut.bytes} bytes of ${name}`);
      }
      let used = data.length;
      for (const record of this.records.values()) used += record.length;
      if (used > this.capacity) return false;
      this.records.set(name, data);
      return true;
    },
    list: (prefix) => [...this.records.keys()].filter((name) => name.startsWith(prefix)),
    erase: (name) => {
      this.records.delete(name);
    },
  };

  /** A piece of a record: made erased by its first one, written only where it is erased still. */
  private writePiece(name: string, data: string, offset: number, size: number): boolean {
    const cut = this.cut?.write === this.writes.length ? this.cut : undefined;
    const written = cut ? data.slice(0, cut.bytes) : data;
    if (offset === 0) {
      this.records.delete(name);
      let used = size;
      for (const record of this.records.values()) used += record.length;
      if (used > this.capacity) return false;
      this.records.set(name, "\xff".repeat(size));
    }
    const old = this.records.get(name);
    if (old === undefined || offset + data.length > old.length || /[^\xff]/.test(old.slice(offset, offset + data.length))) return false;
    this.records.set(name, old.slice(0, offset) + written + old.slice(offset + written.length));
    if (cut) throw new PowerCut(`the power was cut after ${cut.bytes} bytes of a piece of ${name}`);
    return true;
  }
}
