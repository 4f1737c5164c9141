// The part of Espruino (2v27 to 2v29) that the adapter uses, as measured. Only src/espruino is compiled with it.

interface EspruinoFile {
  read(length: number): string | undefined;
  write(data: string): number;
  seek(position: number): void;
  close(): void;
}

declare const E: {
  openFile(path: string, mode: string): EspruinoFile | undefined;
  /** The joined parts; of one whole flat 8-bit array its own memory. */
  toString(...parts: unknown[]): string;
  toUint8Array(...parts: unknown[]): Uint8Array;
  /** Splits `from` into pieces of `bits` bits, high first, looks each up in `map`, writes them to `to`. */
  mapInPlace(from: Uint8Array, to: Uint8Array, map: Uint8Array, bits: number): void;
  CRC32(data: string): number;
  /** Moves variables together, so that free ones lie in one run. */
  defrag(): void;
  reboot(): void;
  srand(seed: number): void;
  setFlags(flags: { unsyncFiles: number }): void;
  connectSDCard(spi: EspruinoSpi, cs: unknown): void;
  on(event: string, listener: (...args: any[]) => void): void;
  getErrorFlags(): string[];
  reboot(): void;
  enableWatchdog(seconds: number, automatic: boolean): void;
};

interface EspruinoSpi {
  setup(options: { sck: unknown; miso: unknown; mosi: unknown; baud?: number }): void;
}
declare const SPI1: EspruinoSpi;
declare class Pin {
  constructor(name: string | number);
}

interface EspruinoSocket {
  write(data: string): boolean;
  end(): void;
  on(event: "connect" | "drain" | "end", listener: () => void): void;
  on(event: "data" | "bytes", listener: (data: string) => void): void;
  /** Queues an event: its listeners run after the code that is running now. */
  emit(event: "bytes", data: string): void;
  on(event: "error", listener: (error: { code: number; message: string }) => void): void;
  on(event: "close", listener: (hadError: boolean) => void): void;
  removeAllListeners(): void;
  /** What is still to be sent. Not documented: only used after it was seen to behave. */
  dSnd?: string;
  /** What it was made of; not read again once it is connected. Not documented. */
  opt?: unknown;
  /** Ours: the link that it belongs to (tls.ts). */
  own?: any;
}

interface EspruinoDatagramSocket {
  send(data: string, port: number, host: string): void;
  on(event: "message", listener: (data: string, info: { address: string; port: number }) => void): void;
  close(): void;
}

interface EspruinoWifi {
  connect(ssid: string, options: { password?: string }, done: (error?: unknown) => void): void;
  getStatus(): { station: string };
  getIP(): { ip: string };
  getHostByName(host: string, done: (address: string | null) => void): void;
  on(event: "connected" | "disconnected", listener: () => void): void;
}

declare function require(name: "tls"): {
  connect(options: { host: string; port: number; ca?: string; cert?: string; key?: string }): EspruinoSocket | undefined;
};
declare function require(name: "dgram"): {
  createSocket(options: { type: "udp4"; recvBufferSize?: number }): EspruinoDatagramSocket;
};
declare function require(name: "fs"): {
  statSync(path: string): { dir: boolean; size: number; mtime?: Date } | undefined;
  unlinkSync(path: string): void;
  readdirSync(path: string): string[] | undefined;
};
declare function require(name: "Storage"): {
  read(name: string, offset?: number, length?: number): string | undefined;
  write(name: string, data: string, offset?: number, size?: number): boolean;
  erase(name: string): void;
  list(pattern?: RegExp): string[];
};
declare function require(name: "crypto"): { SHA256(data: unknown): ArrayBuffer };
declare function require(name: "Wifi"): EspruinoWifi;
/** The modules that require() has loaded and keeps. */
declare const Modules: {
  /** Lets go of a module; throws if it is not loaded. */
  removeCached(name: string): void;
};

declare const ESP32: { getState(): { freeHeap: number } } | undefined;
declare const process: {
  env: { BOARD: string; MODULES: string; VERSION: string };
  memory(gc?: boolean): { usage: number; total: number; blocksize: number };
  on(event: "uncaughtException", listener: (error: unknown) => void): void;
  removeListener(event: "uncaughtException", listener: (error: unknown) => void): void;
};
declare const global: { [name: string]: any };
declare function print(text: string): void;
declare function getTime(): number;
declare function setTime(seconds: number): void;
declare function setTimeout(action: () => void, milliseconds: number): number;
declare function clearTimeout(id: number): void;
