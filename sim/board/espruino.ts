// The object E: conversions, CRC, flags, boot code, the card and the watchdog.
import { asBytes, collectBytes, fromBuffer, isArrayBuffer } from "./bytes";
import { crc32 } from "./crc32";
import type { FileSystem } from "./files/fs-module";
import type { Volume } from "./files/volume";
import { mapInPlace } from "./map-in-place";
import type { Dictionary, Realm } from "./realm";
import type { Storage } from "./storage";
import type { Watchdog } from "./watchdog";

export interface EspruinoParts {
  readonly storage: Storage;
  readonly volume: Volume;
  readonly files: FileSystem;
  readonly watchdog: Watchdog;
  readonly errorFlags: Set<string>;
  readonly reboot: () => void;
}

/** Installs E. */
export function installEspruino(realm: Realm, parts: EspruinoParts): void {
  const { storage, volume, files, watchdog } = parts;
  const flags: Dictionary = realm.object({ deepSleep: 0, pretokenise: 0, unsafeFlash: 0, unsyncFiles: 0, onErrorSave: 0, onErrorFlash: 0 });
  const E = realm.object();
  realm.define(E, {
    toString: (...args: unknown[]) => fromBuffer(bytesOfAll(args)),
    toFlatString: (...args: unknown[]) => fromBuffer(bytesOfAll(args)),
    toUint8Array: (...args: unknown[]) => new realm.intrinsics.Uint8Array(realm.arrayBuffer(bytesOfAll(args))),
    toArrayBuffer: (text: unknown) => realm.arrayBuffer(collectBytes(asBytes(text))),
    toJS: (value: unknown) => realm.intrinsics.JSON.stringify(value),
    mapInPlace: (from: unknown, to: unknown, map: unknown, bits?: number) => mapInPlace(realm, from, to, map, bits),
    // trap: it does not look into nested arrays
    CRC32: (data: unknown) => crc32(Array.isArray(data) ? Uint8Array.from(data as number[], (item) => Number(item) & 255) : collectBytes(data)),
    // everything the virtual board has counts as flat
    getAddressOf: () => 0x3ffb0000,
    getSizeOf: (value: unknown) => Math.ceil(String(value).length / 12) + 1,
    getErrorFlags() {
      const raised = realm.array([...parts.errorFlags]);
      parts.errorFlags.clear();
      return raised;
    },
    getFlags: () => Object.assign(realm.object(), flags),
    setFlags(changes: Dictionary) {
      for (const [name, value] of Object.entries(changes)) {
        if (name in flags) flags[name] = value ? 1 : 0;
      }
      volume.unsynced = Boolean(flags["unsyncFiles"]);
    },
    srand: () => undefined,
    hwRand: () => Math.floor(Math.random() * 2 ** 32) | 0,
    defrag: () => undefined,
    dumpVariables: () => undefined,
    setBootCode(code: unknown, always?: boolean) {
      storage.erase(".bootcde");
      storage.erase(".bootrst");
      if (typeof code === "string" && code !== "") storage.write(always ? ".bootrst" : ".bootcde", code);
    },
    openFile: files.openFile,
    connectSDCard(spi: unknown, pin: unknown) {
      if (volume.profile === "linux") throw realm.error("Error", "Unimplemented on Linux");
      if (typeof spi !== "object" || spi === null) throw realm.error("Error", `First argument is a ${typeof spi}, not an SPI object`);
      if (pin === undefined) throw realm.error("Error", "Second argument is not a valid pin");
      volume.unmount();
      volume.connected = true;
    },
    unmountSD: () => volume.unmount(),
    enableWatchdog: (seconds: number, automatic?: boolean) => watchdog.enable(seconds, automatic ?? true),
    kickWatchdog: () => watchdog.kick(),
    reboot: () => parts.reboot(),
    setTimeZone: () => undefined,
    setDST: () => undefined,
    getTemperature: () => 25,
    getAnalogVRef: () => 3.3,
    setConsole: () => undefined,
    getConsole: () => "Serial1",
    lockConsole: () => undefined,
    setPassword: () => undefined,
    clip: (value: number, low: number, high: number) => Math.min(Math.max(value, low), high),
    sum: (items: ArrayLike<number>) => Array.from(items).reduce((sum, item) => sum + item, 0),
    reverseByte: (byte: number) => [0, 1, 2, 3, 4, 5, 6, 7].reduce((out, bit) => out | (byte >> bit & 1) << (7 - bit), 0),
    isUTF8: () => false,
  });
  realm.define(realm.global, { E });
}

function bytesOfAll(args: readonly unknown[]): Buffer {
  const [only] = args;
  if (args.length === 1 && (typeof only === "string" || ArrayBuffer.isView(only) || isArrayBuffer(only))) return collectBytes(only);
  return collectBytes([...args]);
}
