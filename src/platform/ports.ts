// The ports: what the firmware needs from its host. Interfaces only; src/espruino holds the one adapter, the tests hold theirs.
import type { Bytes } from "./bytes";
import type { Failure } from "./failure";

/** UTC with an own offset, because not every host lets its clock be set. */
export interface Clock {
  /** Milliseconds since 1970 UTC, whole. Meaningless until `isSet()`. */
  now(): number;
  /** Milliseconds that only ever go forward, for durations. */
  ticks(): number;
  /** True once `set` was called in this run. */
  isSet(): boolean;
  /** Makes `now()` answer `utc` (milliseconds since 1970) from here on. */
  set(utc: number): void;
}

/** One-shot timers; an id is never 0. */
export interface Timers {
  /** Calls `action` once after `milliseconds`. */
  after(milliseconds: number, action: () => void): number;
  /** Cancels a timer; 0 and undefined are ignored. Ids are used again: who keeps one forgets it when the timer is over, and by `id = cancel(id)`. */
  cancel(id: number | undefined): undefined;
}

export interface Random {
  /** `count` bytes. Not secret: good for nonces and jitter, no more (SECURITY: stock Espruino has no entropy source). */
  bytes(count: number): Bytes;
  /** 0 <= x < 1. */
  fraction(): number;
}

/** What can be hashed: parts are hashed one after the other, as if joined. */
export type HashInput = Bytes | Uint8Array | ArrayBuffer | HashInput[];

export interface Hash {
  /**
   * SHA-256, 32 bytes. One shot: the host has no incremental hash. Throws a failure (memory) where no run of variables is free for
   * the result; linked data of more than about 16,000 bytes does not fit a board's stack.
   */
  sha256(input: HashInput): ArrayBuffer;
  /** Writes the SHA-256 of `input` into `target` as 64 hex digits. Throws as sha256. */
  sha256Hex(input: HashInput, target: Uint8Array): void;
  /** A fresh array (byteOffset 0) of the joined parts. */
  array(input: HashInput): Uint8Array;
  /** The bytes of `array`. On a board this may be the array's own memory: use the text before the array changes. */
  text(array: Uint8Array): Bytes;
  /** CRC-32 (zlib) of `data` following data of checksum `previous` (0 at the start), 0..2^32-1. */
  crc32(data: Bytes, previous: number): number;
}

/** A file on the card that is open. No call throws; what went wrong is in the answer. */
export interface OpenFile {
  /** Up to `length` bytes from the current position; "" at the end or when the card fails. */
  read(length: number): Bytes;
  /** False if not all of `data` could be written (card full, card gone). `sync`: all so far is safe on the card, and counts in its size. */
  write(data: Bytes, sync?: boolean): boolean;
  /** Moves to `position` bytes from the start. */
  seek(position: number): void;
  close(): void;
}

export interface FileInfo {
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970 of the last change, in the card's own clock (2 s steps on FAT). */
  modified: number;
}

export interface Files {
  /** Mounts the card where the host needs that; undefined on success or if it was mounted before. */
  mount(card: CardPins | undefined): Failure | undefined;
  /** undefined if the file does not exist, is a directory or the card does not answer. */
  stat(path: string): FileInfo | undefined;
  /** "r" reads, "w" creates or empties. undefined if it cannot be opened. */
  open(path: string, mode: "r" | "w" | "a"): OpenFile | undefined;
  /** False if it could not be removed. */
  remove(path: string): boolean;
  /**
   * The names in a directory, of directories, too, and "." and ".." where the host gives them; in no order. undefined if there is no such
   * directory or the card does not answer. All names at once: three variables for each of 12 characters. Where they do not fit, the call
   * that is going on is interrupted and never returns.
   */
  list(directory: string): string[] | undefined;
  /** Longest path the host takes, bytes. */
  longestPath: number;
}

/** Pins of the card's SPI bus, as names ("D5") or numbers. */
export interface CardPins {
  cs: string | number;
  sck: string | number;
  miso: string | number;
  mosi: string | number;
}

/** Named records in the flash of the interpreter (Espruino's Storage); names of at most 28 characters. */
export interface Flash {
  /** undefined if there is no such record. With `at`, `length` bytes from there; fewer where the record ends. */
  read(name: string, at?: number, length?: number): Bytes | undefined;
  /**
   * Writes and reads back; false if flash is full or the record differs. With `offset` and `size` a piece of a record of that size: offset
   * 0 makes the record, the rest of it erased (0xFF); the pieces after it go to places that are still erased.
   */
  write(name: string, data: Bytes, offset?: number, size?: number): boolean;
  erase(name: string): void;
  /** The names that begin with `prefix`. */
  list(prefix: string): string[];
}

export interface DatagramReply {
  data: Bytes;
  address: string;
  port: number;
}

export interface Udp {
  /**
   * Sends one datagram from a socket of its own and hands over every answer until `close()`.
   * The host sends to a wrong address when a name cannot be resolved, so an answer must be checked by its content.
   */
  send(host: string, port: number, data: Bytes, received: (reply: DatagramReply) => void): { close(): void };
}

export interface TlsOptions {
  /** Host name or address; resolved by the host, blocking. */
  host: string;
  port: number;
  /** What is said first, at least one byte. That it could be sent is the only proof of a handshake. */
  hello: Bytes;
  /** Present the device's certificate and key. */
  deviceCertificate?: boolean;
  /** The root certificate (DER) in the place of the one in flash: for the trust probe. */
  root?: Bytes;
  /** Until `hello` is sent. */
  handshakeSeconds: number;
  /** The longest time without any byte moved either way; 0 = no limit. */
  silenceSeconds: number;
  /** Bytes worth moving in one pass of the host's network, which it may take less of; 0 = as the host likes. More is faster and takes more memory. */
  stride: number;
}

/**
 * What a socket tells. `open` comes once, first; then `data` and `drain` in any order; then exactly one of `end` and
 * `failed`, last, when the connection is closed and its memory is given back.
 */
export interface SocketEvents extends OpenSocketEvents {
  /** The handshake is done and the hello is on its way: write the next piece if there is one. Answers who is told from now on, if it is another. */
  open(): OpenSocketEvents | void;
}

/** What comes after `open`. */
export interface OpenSocketEvents {
  /** Bytes came. */
  data(bytes: Bytes): void;
  /** The piece written last is on its way: write the next one. */
  drain(): void;
  /** Over: the peer ended cleanly (close_notify), or `end()` was called here. */
  end(): void;
  /** Over: not reached, not secured, broken, silent too long. Codes: memory, dns, connect, certificate, handshake, timeout, connection-lost. */
  failed(failure: Failure): void;
}

/** An honest socket. One piece is under way at a time: write after `open` and after each `drain`, from any event. */
export interface Socket {
  /** Sends `bytes`; `drain` tells when they are on their way. Ignored after the end. */
  write(bytes: Bytes): void;
  /**
   * Writes piece after piece, each at the drain of the one before, beginning now or at the hello's drain. When `next` gives "" it is
   * asked no more, and `drain` tells so. undefined stops.
   */
  pump(next: (() => Bytes) | undefined): void;
  /** Closes; `end` follows. Nothing is sent or delivered any more. */
  end(): void;
}

export interface Tls {
  /** Opens a TLS connection. Never throws; every outcome is an event, none before this returns. */
  connect(options: TlsOptions, events: SocketEvents): Socket;
}

export interface Network {
  /** Brings the network up if it is not; `done` gets undefined or a failure with code wifi. */
  up(wifi: { ssid: string; password?: string } | undefined, done: (failure?: Failure) => void): void;
  /** Tells the address of a host name, once or never; "" where the host cannot say. */
  address(host: string, told: (address: string) => void): void;
  /** What is known of the link, for people: "connected 10.0.0.7", "off". */
  state(): string;
}

export interface Memory {
  /** Interpreter variables: in use and in all. */
  variables(): { used: number; total: number };
  /** Collects garbage and puts what is free in order, so that the next pieces lie together. */
  tidy(): void;
  /** Native heap, bytes free; undefined where TLS lives in the interpreter's variables. */
  nativeHeap(): number | undefined;
}

/** What `Modules.load` gives: the module's exports, or why there are none. */
export type Loaded<T> = { module: T; failed?: undefined } | { module?: undefined; failed: Failure };

/** Parts of the firmware that lie in flash and take memory only while somebody uses them. */
export interface Modules {
  /**
   * The exports of src/modules/`name`, read from flash for the first of its users. A failure (storage) if flash holds no such module
   * of this build. Each load that gave a module needs one `release`, when nothing of the module is called any more.
   */
  load<T>(name: string): Loaded<T>;
  /** One user less; with the last one the module's memory becomes free. */
  release(name: string): void;
  /** How the names of the records of this image end: "" or ".a" or ".b"; undefined where no loader started it (docs/updates.md). */
  generation: string | undefined;
  /** Restarts the board; what runs next is the loader's decision. */
  restart(): void;
}

export interface Console {
  /** Prints one line. The serial console blocks at 11 kB/s: keep it short. */
  print(line: string): void;
}

/** Events and the watchdog of a real board, handed over as the host has them. */
export interface Board {
  /** What nobody caught. A listener that throws it on has it printed. */
  process: { on(event: "uncaughtException", listener: (error: unknown) => void): void };
  E: {
    /** LOW_MEMORY, MEMORY ...: told when one is raised that was not; asking for them takes them back. */
    on(event: "errorFlag", listener: (flags: string[]) => void): void;
    getErrorFlags(): string[];
    /** Restarts the board when its idle loop has stopped for so long. */
    enableWatchdog?(seconds: number, automatic: boolean): void;
    reboot?(): void;
  };
  /** undefined where there is no radio. */
  wifi: { on(event: "connected" | "disconnected", listener: () => void): void } | undefined;
}

/** Everything the host gives. */
export interface Platform {
  clock: Clock;
  timers: Timers;
  random: Random;
  hash: Hash;
  files: Files;
  flash: Flash;
  udp: Udp;
  tls: Tls;
  network: Network;
  memory: Memory;
  modules: Modules;
  console: Console;
  /** Where the board starts to work by itself after power on. */
  board?: Board;
}
