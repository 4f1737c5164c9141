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
    piece: (name, data, at, size) => {
      bufferOf(data);
      this.writes.push(name);
      const old = at ? this.records.get(name) : "\xff".repeat(size);
      if (old?.length !== size || /[^\xff]/.test(old.slice(at, at + data.length)) || at + data.length > size) return false;
      this.records.set(name, old.slice(0, at) + data + old.slice(at + data.length));
      return true;
    },
    write: (name, data) => {
      bufferOf(data);
      if (name.length > 28 || data === "") return false;
      this.writes.push(name);
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
}
