// TLS sockets, tamed: the host's traps are met here and an honest Socket comes out. Among them: 'connect' before the handshake; no
// timeouts; connect() throws; a clean end is error -30848; a failed handshake is a bare close and an uncaught exception elsewhere;
// network calls inside a 'data' listener crash; write() copies what it is given, byte by byte.
// A link is an object whose methods are there once; functions of its own would take eighty variables just when TLS needs them.
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Failure, FailureCode } from "../flow/failure";
import type * as noLinkModule from "../flow/noLink";
import { borrow } from "../flow/withModule";
import type { Platform, Socket, SocketEvents, Tls, TlsOptions } from "../platform/ports";
import { growHeap } from "./board";
import { timers } from "./clock";
import { flash } from "./flash";
import { memory, tlsMemory } from "./memory";
import { modules } from "./modules";
import { raiseNetworkChunk, restoreNetworkChunk } from "./networkChunk";

/** mbedTLS's code for close_notify: the peer ended cleanly. */
const CLOSE_NOTIFY = -30848;

/** The one exception of a handshake that failed, caught while a handshake is going on; any other is thrown on to be printed as usual. */
let handshakeError = "";
let handshakes = 0;
/** Links that are open or opening. */
let links = 0;

function onUncaught(error: unknown): void {
  const text = "" + error;
  if (find(text, "mbedtls_") < 0) throw error;
  handshakeError = text;
}

function watchHandshake(on: boolean): void {
  handshakes += on ? 1 : -1;
  if (on && handshakes == 1) process.on("uncaughtException", onUncaught);
  if (!on && handshakes == 0) process.removeListener("uncaughtException", onUncaught);
}

/** Why there is no link, told by a module; without it in flash the host's own words have to do. */
function noLink(stage: "connect" | "handshake", text: string, where: string): Failure {
  handshakeError = "";
  const told = borrow<typeof noLinkModule, Failure>({ modules: modules } as Platform, "nolink", (module) => module.noLink(stage, text, where, flash));
  return told.code == "storage" ? failure(stage, "No link to " + where + ": " + text, "Check host and port.") : told;
}

/** Codes and reasons of a connection that ended before its time. */
function lost(code: FailureCode, where: string, what: string): Failure {
  return failure(code, "The connection to " + where + " " + what, "Try again; is the WiFi signal weak?");
}

/** The device's records for a connection: the root always, certificate and key for mutual TLS. */
function certificates(mutual: boolean | undefined, root: string | undefined): { ca?: string; cert?: string; key?: string } {
  const found: { ca?: string; cert?: string; key?: string } = {};
  const ca = root || flash.read("ca.der");
  if (ca !== undefined) found.ca = ca;
  const cert = mutual ? flash.read("cert.der") : undefined;
  const key = mutual ? flash.read("key.der") : undefined;
  if (cert !== undefined) found.cert = cert;
  if (key !== undefined) found.key = key;
  return found;
}

class Link implements Socket {
  raw: EspruinoSocket | undefined;
  /** The handshake is proven. */
  isProven?: boolean;
  /** end() was called here, or a deadline passed: only the close is awaited. */
  isEnding?: boolean;
  isOver?: boolean;
  /** The drain of the hello has come: it may come after the first data. */
  helloDrained?: boolean;
  /** Something moved since the silence was last looked at, and how often nothing had. */
  hasMoved?: boolean;
  silentLooks?: number;
  errorCode?: number;
  lossReason: Failure | undefined;
  deadline: number | undefined;
  /** What is pumped: asked for the next piece at each drain. */
  nextPiece: (() => string) | undefined;
  /** The interpreter keeps unsent bytes in a field that may be set instead of copied into. */
  isDirect?: boolean;
  readonly silence?: number;
  readonly stride?: number;
  readonly peer: string;

  constructor(options: TlsOptions, public heard: SocketEvents) {
    if (options.silenceSeconds) this.silence = options.silenceSeconds;
    if (options.stride) this.stride = options.stride;
    this.peer = options.host + (options.port == 443 ? "" : ":" + options.port);
  }

  finish(failed: Failure | undefined): void {
    const { heard, raw } = this;
    if (this.isOver) return;
    this.isOver = true;
    timers.cancel(this.deadline);
    if (!this.isProven) watchHandshake(false);
    if (raw) links--;
    this.raw = this.nextPiece = undefined;
    if (failed) heard.failed(failed);
    else heard.end();
  }

  shut(failed: Failure | undefined): void {
    const self = this;
    if (self.isEnding || self.isOver) return;
    self.isEnding = true;
    self.nextPiece = undefined;
    self.lossReason = failed;
    timers.cancel(self.deadline);
    // The close normally follows at once; a socket that never reports it must not hold its owner.
    self.deadline = timers.after(5000, () => self.finish(self.lossReason));
    if (self.raw) self.raw.end();
  }

  watchSilence(): void {
    const self = this;
    const silence = self.silence;
    if (!silence) return;
    self.deadline = timers.after(silence * 500, function () {
      self.silentLooks = self.hasMoved ? 0 : (self.silentLooks || 0) + 1;
      self.hasMoved = false;
      if (self.silentLooks < 2) self.watchSilence();
      else self.shut(lost("timeout", self.peer, "was silent for " + silence + " s"));
    });
  }

  proven(): void {
    const raw = this.raw;
    this.isProven = true;
    watchHandshake(false);
    handshakeError = "";
    this.deadline = timers.cancel(this.deadline);
    this.watchSilence();
    raiseNetworkChunk(this.stride || 0);
    this.isDirect = !!raw && raw.dSnd === "";
    this.heard = (this.heard.open() as SocketEvents | undefined) || this.heard;
  }

  /** Nothing is unsent, and nothing more is pumped. */
  drained(): void {
    const tell = this.isProven && (this.helloDrained || this.nextPiece);
    if (this.isEnding || this.isOver) return;
    this.hasMoved = this.helloDrained = true;
    this.nextPiece = undefined;
    if (!this.isProven) this.proven();
    else if (tell) this.heard.drain();
  }

  write(bytes: string): void {
    "ram";
    const raw = this.raw;
    if (this.isEnding || this.isOver || !raw) return;
    if (this.isDirect && raw.dSnd === "") raw.dSnd = bytes;
    else raw.write(bytes);
  }

  pump(source: (() => string) | undefined): void {
    if (this.isEnding || this.isOver) return;
    this.nextPiece = source;
    if (source && this.helloDrained) onDrain.call(this.raw!);
  }

  end(): void {
    this.shut(undefined);
  }
}

// Listeners of the socket, which is their `this`.

// Where an upload spends its time. "ram" is the interpreter's own directive: the function's code is copied out of flash.
function onDrain(this: EspruinoSocket): void {
  "ram";
  const self = this.own!;
  const isDirect = self.isDirect;
  // Trap: a drain may come while something is unsent, and what is set would take its place. It can be the hello's.
  if (isDirect && this.dSnd) return void (self.helloDrained = true);
  const next = self.nextPiece;
  const piece = next && next();
  if (!piece && (next || !self.isProven || !self.helloDrained)) return self.drained();
  self.hasMoved = true;
  if (!piece) self.heard.drain();
  else if (isDirect) this.dSnd = piece;
  else this.write(piece);
}

// Trap 0: a network call in a 'data' listener pulls the network away under the interpreter, and the listener runs deep in its stack. So the
// bytes go through the queue of events like everything else: there all is allowed, and the order is kept.
function onData(this: EspruinoSocket, bytes: string): void {
  if (this.own!.raw) this.emit("bytes", bytes);
}

function onBytes(this: EspruinoSocket, bytes: string): void {
  const self = this.own!;
  if (self.isEnding || self.isOver) return;
  self.hasMoved = true;
  if (!self.isProven) self.proven();
  self.heard.data(bytes);
}

function onError(this: EspruinoSocket, error: { code: number }): void {
  this.own!.errorCode = error.code;
}

function onClose(this: EspruinoSocket, hadError: boolean): void {
  const self = this.own!;
  const { lossReason, peer } = self;
  if (lossReason || self.isEnding) return self.finish(lossReason);
  if (self.isProven) return self.finish(self.errorCode == CLOSE_NOTIFY ? undefined : lost("connection-lost", peer, "broke" + (hadError ? " (" + (self.errorCode || 0) + ")" : "")));
  // The exception that tells why may come a moment later.
  self.isEnding = true;
  timers.cancel(self.deadline);
  self.deadline = timers.after(20, () => self.finish(noLink("handshake", handshakeError, peer)));
}

/** Makes the socket, and waits for the end of its handshake. */
function start(link: Link, options: TlsOptions): void {
  const peer = link.peer;
  const patience = options.handshakeSeconds;
  if (link.isEnding) return link.finish(link.lossReason);
  const short = tlsMemory();
  if (short) return link.finish(short);
  restoreNetworkChunk();
  try {
    const raw = require("tls").connect(Object.assign({ host: options.host, port: options.port }, certificates(options.deviceCertificate, options.root)));
    if (!raw) return link.finish(noLink("connect", "", peer));
    links++;
    link.raw = raw;
    raw.own = link;
    // Connected by now, it needs no more of what it was made of.
    delete raw.opt;
    raw.on("drain", onDrain);
    raw.on("data", onData);
    raw.on("bytes", onBytes);
    raw.on("error", onError);
    raw.on("close", onClose);
    raw.write(options.hello);
    options.hello = "";
  } catch (error) {
    return link.finish(noLink("connect", "" + error, peer));
  }
  // Nothing of it is needed any more.
  options = undefined as never;
  link.deadline = timers.after(patience * 1000, () => link.shut(failure("timeout", peer + " did not finish the TLS handshake within " + patience + " s", "Is this a TLS port? A slow board may need more: tls.handshakeSeconds.")));
}

export const tls: Tls = {
  connect: function (options, events) {
    const link = new Link(options, events);
    watchHandshake(true);
    // No event may come before this returns, and connecting blocks.
    // Where TLS lives in the variables it needs two runs of 1,200 of them. What is running cannot be moved, so nothing of ours may run
    // then: the timer calls the native function. Not while another link is open: its state must not move. A timer's own entry cannot be
    // moved while it fires, and may lie high and cut the run that TLS needs: so there are two, and the first moves the second's entry.
    if (!links) {
      growHeap();
      memory.tidy();
      timers.after(0, E.defrag);
      timers.after(0, E.defrag);
    }
    timers.after(0, () => start(link, options));
    return link;
  },
};
