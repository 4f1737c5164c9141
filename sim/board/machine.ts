// One life of a board's RAM: from a boot to the next reset, load() or loss of power.
import type { Clock } from "./clock";
import { installConsole, type Output } from "./console";
import { cryptoModule } from "./crypto";
import { installEspruino } from "./espruino";
import type { Card } from "./files/card";
import { buildFileSystem, type FileSystem } from "./files/fs-module";
import { Volume } from "./files/volume";
import { installGlobals, type Lifecycle } from "./globals";
import { Esp32 } from "./hardware/esp32";
import { installHardware } from "./hardware/pins";
import { type Air, Wifi } from "./hardware/wifi";
import { installLanguage } from "./language/language";
import { addEvents, listeners } from "./language/events";
import { boardSource } from "./language/source";
import { Loop } from "./loop";
import { installModules } from "./modules";
import { hiddenRoot, NetworkChunk } from "./network/chunk";
import { Network } from "./network/network";
import type { Profile, Verification } from "./options";
import type { Printer } from "./print";
import { installProcess } from "./process";
import { Realm } from "./realm";
import { type Flash, Storage } from "./storage";
import { installTimers } from "./timers";
import { Watchdog } from "./watchdog";

export interface MachineParts extends Lifecycle {
  readonly profile: Profile;
  readonly flash: Flash;
  readonly card: Card | undefined;
  readonly air: Air;
  readonly clock: Clock;
  readonly output: Output;
  readonly freeHeap: number;
  readonly verification: Verification;
  /** The REPL shows results: echo(0) turns that off. */
  echoing(): boolean;
  reboot(): void;
  /** A timer was stopped that is none. */
  strayTimer(): void;
  crash(error: unknown): void;
  idle(): void;
}

/** Thrown through the program when the board is gone; nothing runs after it. */
export class BoardCrash extends Error {
  override name = "BoardCrash";
}

const storageSize: Record<Profile, number> = { esp32: 917_504, linux: 262_144 };

export class Machine {
  readonly realm = new Realm();
  readonly storage: Storage;
  readonly network: Network;
  readonly esp32: Esp32;
  readonly volume: Volume;
  private readonly loop: Loop;
  private readonly wifi: Wifi | undefined;
  private readonly watchdog: Watchdog;
  private readonly process: object;
  private readonly printer: Printer;
  private readonly errorFlags = new Set<string>();

  constructor(private readonly parts: MachineParts) {
    const { realm } = this;
    const { profile } = parts;
    this.loop = new Loop({
      call: (callback, self, args) => this.call(callback, self, args),
      report: (error) => this.report(error),
      crash: (error) => parts.crash(error),
      idle: () => parts.idle(),
    });
    this.storage = new Storage(realm, parts.flash, storageSize[profile]);
    this.volume = new Volume(realm, parts.card, profile);
    this.watchdog = new Watchdog(() => parts.reboot());
    const files = buildFileSystem(realm, this.loop, this.volume);
    this.wifi = profile === "esp32" ? new Wifi(realm, this.loop, parts.air) : undefined;
    this.esp32 = new Esp32(realm, parts.freeHeap, () => this.network.tlsLinks, parts.reboot);
    this.network = this.buildNetwork(files);

    addEvents(realm, this.loop, (object, event) => this.network.listenerAdded(object, event), (trap) => this.crash(trap));
    installTimers(realm, this.loop, () => parts.strayTimer());
    installGlobals(realm, profile, parts.clock, parts);
    this.printer = installConsole(realm, parts.output);
    installHardware(realm, profile, (text) => parts.output.write(text));
    installEspruino(realm, { storage: this.storage, volume: this.volume, files, watchdog: this.watchdog, errorFlags: this.errorFlags, reboot: parts.reboot });
    const libraries = this.libraries(files);
    this.process = installProcess(realm, profile, Object.keys(libraries));
    installModules(realm, this.storage, (name) => libraries[name]);
    installLanguage(realm, this.loop, parts.clock);
    if (profile === "esp32") realm.define(realm.global, { ESP32: this.esp32.object() });
  }

  /** Runs the boot files of the flash, then 'init' and onInit. */
  boot(how: { readonly powerOn: boolean; readonly autoload: boolean; readonly file?: string }): void {
    if (how.powerOn) this.runStored(".bootPowerOn");
    for (const name of [".boot0", ".boot1", ".boot2", ".boot3"]) this.runStored(name);
    if (this.storage.read(".bootrst") !== undefined) this.runStored(".bootrst");
    else if (how.autoload) this.runStored(".bootcde");
    const init = listeners(this.realm.global["E"] as object, "init");
    if (init) this.loop.execute(init, this.realm.global["E"], []);
    this.loop.checkErrors();
    if (typeof this.realm.global["onInit"] === "function") this.loop.execute(this.realm.global["onInit"], undefined, []);
    this.loop.checkErrors();
    if (how.file !== undefined) this.runStored(how.file);
    this.loop.wake();
  }

  /** Runs program text as a file. What it throws is printed. Returns false if it threw. */
  runFile(code: string, name: string): boolean {
    let ok = true;
    this.loop.execute(() => {
      ok = false;
      this.realm.run(code, name);
      ok = true;
    }, undefined, []);
    this.loop.checkErrors();
    this.loop.wake();
    return ok;
  }

  /** A line of the REPL: its result as the REPL prints it, or nothing if it threw. */
  evaluate(line: string, quiet = false): string | undefined {
    let result: string | undefined;
    this.loop.execute(() => { result = "=" + this.printer.result(this.realm.run(boardSource(line), "REPL")); }, undefined, []);
    if (result !== undefined && this.parts.echoing() && !quiet) this.parts.output.write(result + "\n");
    this.loop.checkErrors();
    this.loop.wake();
    return result;
  }

  /** Evaluates code for a test: gives the value itself and throws what it throws. */
  run(code: string): unknown {
    try {
      return this.realm.run(boardSource(code), "test");
    } finally {
      this.loop.wake();
    }
  }

  /** Ends this life. With powerLost nothing is finished: connections break, unsynced files are cut. */
  stop(powerLost: boolean): void {
    this.loop.stop();
    this.watchdog.stop();
    this.wifi?.stop();
    this.parts.air.attach(undefined);
    if (powerLost) {
      this.network.abort();
      this.volume.loseUnsynced();
    } else {
      this.network.closeAll();
      this.volume.unmount();
    }
  }

  /** The idle loop has stopped. True: the watchdog restarts the board. */
  hang(): boolean {
    return this.watchdog.hang();
  }

  /** Does something when the current pass of the loop is over. */
  afterPass(action: () => void): void {
    this.loop.afterPass(action);
  }

  private call(callback: unknown, self: unknown, args: readonly unknown[]): void {
    if (typeof callback === "function") Reflect.apply(callback, self, args);
    else if (typeof callback === "string") this.realm.run(callback, "event");
  }

  private report(error: unknown): void {
    if (error instanceof BoardCrash) return;
    const list = listeners(this.process, "uncaughtException");
    let failure: { readonly value: unknown } | undefined = { value: error };
    if (list) {
      this.loop.execute(list, this.process, [error]);
      failure = this.loop.takeFailure();
    }
    if (failure) this.parts.output.write(`Uncaught ${this.printer.thrown(failure.value)}\n${stackOf(failure.value)}`);
  }

  /** An error flag: told to E's 'errorFlag' listeners and printed, once until E.getErrorFlags() takes it back. */
  raiseFlag(name: string): void {
    if (this.errorFlags.has(name)) return;
    this.errorFlags.add(name);
    this.loop.afterPass(() => {
      const E = this.realm.global["E"] as object;
      const list = listeners(E, "errorFlag");
      if (list) this.loop.execute(list, E, [this.realm.array([name])]);
      this.parts.output.write(`New interpreter error: ${name}\n`);
    });
  }

  private crash(trap: string): never {
    const crash = new BoardCrash(trap);
    this.parts.crash(crash);
    throw crash;
  }

  private runStored(name: string): void {
    const code = this.storage.read(name);
    if (code !== undefined) this.runFile(code, name);
  }

  private buildNetwork(files: FileSystem): Network {
    const { realm, parts } = this;
    const chunk = new NetworkChunk(hiddenRoot(realm), parts.profile);
    return new Network(realm, this.loop, chunk, {
      profile: parts.profile,
      verification: parts.verification,
      online: () => this.wifi?.online ?? true,
      readFile: (path) => (files.module as { readFile(path: string): string | undefined }).readFile(path),
      printLine: (text) => parts.output.write(text + "\n"),
      flag: (name) => this.raiseFlag(name),
      crash: (trap) => this.crash(trap),
      tlsMemory: () => parts.profile === "linux" || this.esp32.enoughForTls(),
    });
  }

  private libraries(files: FileSystem): Record<string, object> {
    return {
      fs: files.module,
      Storage: this.storage.module(),
      crypto: cryptoModule(this.realm),
      net: this.network.module("net"),
      tls: this.network.module("tls"),
      dgram: this.network.module("dgram"),
      ...(this.wifi ? { Wifi: this.wifi.module() } : {}),
    };
  }
}

function stackOf(error: unknown): string {
  const stack = typeof error === "object" && error !== null ? (error as { stack?: unknown }).stack : undefined;
  if (typeof stack !== "string") return "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line) && !/node:|file:\/\/|\/sim\/board\//.test(line));
  return frames.slice(0, 4).map((line) => line + "\n").join("");
}
