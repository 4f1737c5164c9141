// The object ESP32: the native heap, which is where an ESP32 keeps its TLS links, and reboots.
import type { Dictionary, Realm } from "../realm";

/** Bytes of native heap that one TLS link keeps, and what its handshake takes at the worst moment. */
const tlsLink = { held: 37_400, peak: 46_600 };

export class Esp32 {
  private lowest: number;
  /** Native heap without any TLS link. A test may change it at any time. */
  heap: number;

  constructor(private readonly realm: Realm, heap: number, private readonly links: () => number, private readonly reboot: () => void) {
    this.heap = this.lowest = heap;
  }

  get free(): number {
    const free = this.heap - this.links() * tlsLink.held;
    this.lowest = Math.min(this.lowest, free);
    return free;
  }

  /** Trap: on a plain ESP32 there is not even enough for the first link. */
  enoughForTls(): boolean {
    const enough = this.free >= tlsLink.held;
    if (enough) this.lowest = Math.min(this.lowest, this.free - tlsLink.peak);
    return enough;
  }

  object(): Dictionary {
    const esp32 = this.realm.object();
    this.realm.define(esp32, {
      getState: () => this.realm.object({ sdkVersion: "v3.3.1", freeHeap: this.free, BLE: false, Wifi: true, minHeap: Math.max(this.lowest, 0) }),
      reboot: () => this.reboot(),
      deepSleep: () => this.reboot(),
      setAtten: () => undefined,
      enableBLE: () => this.reboot(),
      enableWifi: () => this.reboot(),
      setBLE_Debug: () => undefined,
    });
    return esp32;
  }
}
