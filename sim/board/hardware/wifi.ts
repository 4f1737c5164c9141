// require("Wifi") of the ESP32, with the access points and the air scripted by the test.
import { listeners } from "../language/events";
import type { Loop } from "../loop";
import { lookUp } from "../network/wire";
import type { WifiOptions } from "../options";
import type { Dictionary, Realm } from "../realm";

type State = "off" | "connecting" | "connected" | "disconnected";

/** What a test can do to the air. */
export class Air {
  /** Access points can be heard. While false every connection attempt fails. */
  reachable = true;
  private wifi: Wifi | undefined;

  constructor(readonly options: WifiOptions) {}

  /** The access point drops the station. Trap: nothing connects again by itself. */
  drop(reason = "BEACON_TIMEOUT"): void {
    this.wifi?.lose(reason);
  }

  attach(wifi: Wifi | undefined): void {
    this.wifi = wifi;
  }
}

export class Wifi {
  state: State = "off";
  private ssid = "";
  private pending: NodeJS.Timeout | undefined;
  private module_: Dictionary | undefined;

  constructor(private readonly realm: Realm, private readonly loop: Loop, private readonly air: Air) {
    air.attach(this);
  }

  get online(): boolean {
    return this.state === "connected";
  }

  stop(): void {
    if (this.pending) clearTimeout(this.pending);
    this.loop.hold(this, false);
  }

  lose(reason: string): void {
    if (this.state !== "connected") return;
    this.state = "disconnected";
    this.emit("disconnected", [this.realm.object({ ssid: this.ssid, mac: "00:00:00:00:00:00", reason, msg: reason })]);
    this.loop.wake();
  }

  /** The module. Whatever takes a callback calls it later, as an event. */
  module(): object {
    const { realm } = this;
    const module = realm.object();
    this.module_ = module;
    const answer = (callback: unknown, ...args: unknown[]): void => { if (typeof callback === "function") this.loop.queue(callback, undefined, args); };
    const ip = (callback?: unknown): object => {
      const found = this.addresses();
      answer(callback, null, found);
      return found;
    };
    const details = (callback?: unknown): object => {
      const found = realm.object({
        status: this.status(), rssi: this.online ? -55 : undefined, ssid: this.ssid, authMode: "wpa2", savedSsid: null,
      });
      answer(callback, found);
      return found;
    };
    realm.define(module, {
      connect: (ssid: unknown, options: unknown, callback?: unknown) => this.connect(ssid, options, callback),
      disconnect: (callback?: unknown) => {
        if (this.online) this.lose("ASSOC_LEAVE");
        this.state = "disconnected";
        answer(callback, null);
      },
      getStatus: (callback?: unknown) => {
        const found = realm.object({ mode: this.state === "off" ? "off" : "sta", station: this.status(), ap: "disabled", powersave: "none", savedMode: "off" });
        answer(callback, found);
        return found;
      },
      getDetails: details,
      getIP: ip,
      getHostname: () => "espressif",
      setHostname: () => undefined,
      // one argument: the address, or null
      getHostByName: (name: unknown, callback?: unknown) => {
        if (typeof name !== "string") throw realm.error("Error", "Hostname parameter is not a string");
        if (typeof callback !== "function") throw realm.error("Error", "Callback is not a function");
        answer(callback, (this.online ? lookUp(name) : undefined) ?? null);
      },
      scan: (callback?: unknown) => answer(callback, null, realm.array(Object.keys(this.air.options.networks ?? {}).map((ssid) => realm.object({ ssid, rssi: -55 })))),
      save: () => undefined,
      restore: () => undefined,
      setSNTP: () => undefined,
      setConfig: () => undefined,
      startAP: (_ssid: unknown, _options: unknown, callback?: unknown) => answer(callback, null),
      stopAP: (callback?: unknown) => answer(callback, null),
      turbo: () => undefined,
    });
    return module;
  }

  private connect(given: unknown, options: unknown, callback: unknown): void {
    if (typeof given !== "string") throw this.realm.error("Error", "SSID not a string");
    const done = typeof options === "function" ? options : callback;
    const password = typeof options === "object" && options !== null ? (options as Dictionary)["password"] : undefined;
    // trap: a callback that waits for an earlier connect() is never called
    if (this.pending) clearTimeout(this.pending);
    if (this.online) this.lose("ASSOC_LEAVE");
    this.state = "connecting";
    this.ssid = given;
    this.loop.hold(this, true);
    this.pending = setTimeout(() => {
      this.pending = undefined;
      this.loop.hold(this, false);
      const failure = this.refusal(password);
      this.state = failure ? "disconnected" : "connected";
      if (failure) {
        this.emit("disconnected", [this.realm.object({ ssid: this.ssid, mac: "00:00:00:00:00:00", reason: failure, msg: failure })]);
      } else {
        this.emit("associated", [this.realm.object({ ssid: this.ssid, mac: "00:00:00:00:00:00", channel: 6, authmode: "wpa2" })]);
        this.emit("connected", [this.addresses()]);
      }
      if (typeof done === "function") this.loop.queue(done, undefined, [failure ?? null]);
      this.loop.wake();
    }, this.air.options.delay ?? 5);
  }

  private refusal(password: unknown): string | undefined {
    const { networks } = this.air.options;
    if (!this.air.reachable || (networks && !(this.ssid in networks))) return "NO_AP_FOUND";
    return networks && networks[this.ssid] !== (password ?? "") ? "AUTH_FAIL" : undefined;
  }

  private status(): string {
    return this.state === "off" ? "off" : this.state;
  }

  private addresses(): Dictionary {
    const ip = this.online ? this.air.options.ip ?? "192.168.1.50" : "0.0.0.0";
    return this.realm.object({
      ip, netmask: this.online ? "255.255.255.0" : "0.0.0.0", gw: this.online ? ip.replace(/\d+$/, "1") : "0.0.0.0", mac: "24:0a:c4:00:00:01",
    });
  }

  private emit(event: string, args: readonly unknown[]): void {
    const list = this.module_ && listeners(this.module_, event);
    if (list) this.loop.queue(list, this.module_, args);
  }
}
