// A link to AWS IoT that is kept, on the mock socket and virtual time: one script for each connection.
import { pause, stop } from "../../src/iot/close";
import { up } from "../../src/iot/dial";
import { down, type LinkHost, start, wake } from "../../src/iot/link";
import type { IotState } from "../../src/iot/state";
import { lossFailure } from "../../src/mqtt/reasons";
import { createSession } from "../../src/mqtt/session";
import type { Socket } from "../../src/platform/ports";
import { createHost, type Host } from "../host/host";
import { breakOff, endClean, expect, refused, type Row, wait } from "../host/script";
import { CONNECT, connack, DISCONNECT, says, tells } from "../mqtt/desk";
import { theirs } from "../mqtt/packets";

export const NEVER: Row[] = [refused("connect")];

/** A connection that the broker takes. */
export const taken = (present = false): Row[] => [says(CONNECT), tells(connack(present))];

/** Taken, then lost after so long. */
export const lost = (after = 1000, present = false): Row[] => [...taken(present), wait(after), breakOff()];

/** Taken, until the board says DISCONNECT. */
export const left = (present = false): Row[] => [...taken(present), expect(theirs(DISCONNECT)), endClean()];

export interface Keeper {
  host: Host;
  state: IotState;
  /** What was answered, in order: "connect true 0.1", "connect connect", "stop", "pause". */
  log: string[];
  /** Milliseconds at which each connection was tried. */
  tries: number[];
  /** Milliseconds between the end of each connection and the next try. */
  waits(): number[];
  start(busy?: boolean): void;
  stop(): void;
  pause(): void;
  wake(): void;
  pass(milliseconds: number): void;
  /** Phase, and what is loaded. */
  now(): string;
  /** Milliseconds that a handshake takes. */
  handshake: number;
}

export function keeper(...scripts: Row[][]): Keeper {
  const host = createHost();
  // A plain board.
  host.memory.total = 3700;
  for (const rows of scripts) host.tls.script(...rows);
  const session = createSession("thing");
  session.nextId = 1;
  const state: IotState = { session, phase: "off", twoSlots: false, tries: 0, connects: 0, since: 0 };
  const tries: number[] = [], ends: number[] = [];
  const { connect } = host.tls;
  host.tls.connect = function (options, events) {
    tries.push(host.time.elapsed);
    if (!self.handshake) return connect.call(host.tls, options, events);
    let socket: Socket | undefined;
    host.time.timers.after(self.handshake, () => (socket = connect.call(host.tls, options, events)));
    return { write: (bytes) => socket!.write(bytes), pump: (next) => socket!.pump(next), end: () => socket && socket.end() };
  };
  const link: LinkHost = {
    platform: host.platform,
    options: () => ({ host: "broker", port: 8883, keepAlive: 0, clean: false, handshakeSeconds: 60 }),
    reach: (done) => host.platform.network.up(undefined, done),
    tell: (what, about) => {
      if (what === "linkUp") return up(host.platform, state, about as boolean);
      ends.push(host.time.elapsed);
      down(link, state, about ? lossFailure(about as never, session.clientId) : undefined);
    },
    wake: () => wake(link, state),
  };
  const log: string[] = [];
  const self: Keeper = {
    host, state, log, tries, handshake: 0,
    waits: () => tries.slice(1).map((at, index) => at - ends[index]!),
    start: (busy = false) => start(link, state, busy, (failed, result) => void log.push("connect " + (failed ? failed.code : `${result!.sessionPresent} ${result!.seconds}`))),
    stop: () => stop(host.platform, state, () => void log.push("stop")),
    pause: () => pause(host.platform, state, () => void log.push("pause")),
    wake: () => wake(link, state),
    pass: (milliseconds) => host.time.pass(milliseconds),
    now: () => [state.phase, ...[...host.modules.loaded.keys()].sort()].join(" "),
  };
  return self;
}
