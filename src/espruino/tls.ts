// TLS sockets, tamed: the host's traps are met here and an honest Socket comes out. Among them: 'connect' before the handshake; no
// timeouts; connect() throws; a clean end is error -30848; a failed handshake is a bare close and an uncaught exception elsewhere;
// network calls inside a 'data' listener crash; write() copies what it is given, byte by byte.
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Failure, FailureCode } from "../flow/failure";
import type * as noLinkModule from "../flow/noLink";
import { borrow } from "../flow/withModule";
import type { Platform, Socket, SocketEvents, Tls } from "../platform/ports";
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
  const told = borrow<typeof noLinkModule, Failure>({ modules: modules } as Platform, "nolink", (module) => module.noLink(stage, text, where));
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

export const tls: Tls = {
  connect: function (options, events) {
    const silence = options.silenceSeconds;
    const stride = options.stride;
    const where = options.host + (options.port == 443 ? "" : ":" + options.port);
    let raw: EspruinoSocket | undefined;
    /** The handshake is proven. */
    let open = false;
    /** end() was called here, or a deadline passed: only the close is awaited. */
    let ending = false;
    let over = false;
    /** The drain of the hello has come: it may come after the first data. */
    let helloDrained = false;
    /** Something moved since the silence was last looked at. */
    let moved = false;
    let idle = 0;
    let errorCode = 0;
    let reason: Failure | undefined;
    let deadline: number | undefined;
    /** What is pumped: asked for the next piece at each drain. */
    let next: (() => string) | undefined;
    /** The interpreter keeps unsent bytes in a field that may be set instead of copied into. */
    let direct = false;

    function finish(failed: Failure | undefined): void {
      if (over) return;
      over = true;
      timers.cancel(deadline);
      if (!open) watchHandshake(false);
      if (raw) links--;
      raw = next = undefined;
      if (failed) events.failed(failed);
      else events.end();
    }

    function shut(failed: Failure | undefined): void {
      if (ending || over) return;
      ending = true;
      next = undefined;
      reason = failed;
      timers.cancel(deadline);
      // The close normally follows at once; a socket that never reports it must not hold its owner.
      deadline = timers.after(5000, function () {
        finish(reason);
      });
      if (raw) raw.end();
    }

    function watchSilence(): void {
      if (!silence) return;
      deadline = timers.after(silence * 500, function () {
        idle = moved ? 0 : idle + 1;
        moved = false;
        if (idle < 2) watchSilence();
        else shut(lost("timeout", where, "was silent for " + silence + " s"));
      });
    }

    function proven(): void {
      open = true;
      watchHandshake(false);
      handshakeError = "";
      deadline = timers.cancel(deadline);
      watchSilence();
      raiseNetworkChunk(stride);
      direct = !!raw && raw.dSnd === "";
      events = (events.open() as SocketEvents | undefined) || events;
    }

    function drained(): void {
      if (ending || over) return;
      moved = true;
      const tell = open && (helloDrained || next);
      helloDrained = true;
      next = undefined;
      if (!open) proven();
      else if (tell) events.drain();
    }

    // Where an upload spends its time. "ram" is the interpreter's own directive: the function's code is copied out of flash.
    function onDrain(): void {
      "ram";
      // Trap: a drain may come while something is unsent, and what is set would take its place. It can be the hello's.
      if (direct && raw!.dSnd) return void (helloDrained = true);
      const piece = next && next();
      if (!piece && (next || !open || !helloDrained)) return drained();
      moved = true;
      if (!piece) return events.drain();
      if (direct) raw!.dSnd = piece;
      else raw!.write(piece);
    }

    function onBytes(bytes: string): void {
      if (ending || over) return;
      moved = true;
      if (!open) proven();
      events.data(bytes);
    }

    function onClose(hadError: boolean): void {
      if (reason || ending) return finish(reason);
      if (open) {
        if (errorCode == CLOSE_NOTIFY) finish(undefined);
        else finish(lost("connection-lost", where, "broke" + (hadError ? " (" + errorCode + ")" : "")));
        return;
      }
      // The exception that tells why may come a moment later.
      ending = true;
      timers.cancel(deadline);
      deadline = timers.after(20, function () {
        finish(noLink("handshake", handshakeError, where));
      });
    }

    function start(): void {
      if (ending) return finish(reason);
      const short = tlsMemory();
      if (short) return finish(short);
      restoreNetworkChunk();
      try {
        raw = require("tls").connect(Object.assign({ host: options.host, port: options.port }, certificates(options.deviceCertificate, options.root)));
        if (!raw) return finish(noLink("connect", "", where));
        links++;
        raw.on("drain", onDrain);
        // Trap 0: a network call in a 'data' listener pulls the network away under the interpreter, and the listener runs deep in its
        // stack. So the bytes go through the queue of events like everything else: there all is allowed, and the order is kept.
        raw.on("data", function (bytes) {
          if (raw) raw.emit("bytes", bytes);
        });
        raw.on("bytes", onBytes);
        raw.on("error", function (error) {
          errorCode = error.code;
        });
        raw.on("close", onClose);
        raw.write(options.hello);
        options.hello = "";
      } catch (error) {
        return finish(noLink("connect", "" + error, where));
      }
      const patience = options.handshakeSeconds;
      // Nothing of it is needed any more.
      options = undefined as never;
      deadline = timers.after(patience * 1000, function () {
        shut(failure("timeout", where + " did not finish the TLS handshake within " + patience + " s", "Is this a TLS port? A slow board may need more: tls.handshakeSeconds."));
      });
    }

    const socket: Socket = {
      write: function (bytes) {
        if (ending || over || !raw) return;
        if (direct && raw.dSnd === "") raw.dSnd = bytes;
        else raw.write(bytes);
      },
      pump: function (source) {
        if (ending || over) return;
        next = source;
        if (source && helloDrained) onDrain();
      },
      end: function () {
        shut(undefined);
      },
    };
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
    timers.after(0, start);
    return socket;
  },
};
