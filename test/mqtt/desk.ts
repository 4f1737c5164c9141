// A client on the mock socket, its scripts written as packets, and all it tells noted as lines.
import assert from "node:assert/strict";
import type { Failure } from "../../src/flow/failure";
import type { MqttOptions } from "../../src/mqtt/link";
import { type AskedLink, connectMqtt } from "./connect";
import { createSession, type Session } from "../../src/mqtt/session";
import { createHost, type Host } from "../host/host";
import { expect, type Row, send } from "../host/script";
import { hexOf, read, theirs } from "./packets";

/** Waits for exactly this packet of the client. */
export const says = (packet: any): Row => expect(theirs(packet));

/** The broker sends these packets in one go. */
export const tells = (...packets: any[]): Row => send(packets.map(theirs).join(""));

export const CONNECT = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clientId: "thing", keepalive: 0, clean: false };
export const connack = (sessionPresent = false, returnCode = 0) => ({ cmd: "connack", sessionPresent, returnCode });
export const id = (cmd: string, messageId: number) => ({ cmd, messageId });
export const publish = (qos: number, messageId: number, payload = "x", more: object = {}) => ({ cmd: "publish", topic: "a/b", payload, qos, dup: false, retain: false, ...(qos ? { messageId } : {}), ...more });
export const subscribe = (messageId: number, filters: Record<string, number>) => ({ cmd: "subscribe", messageId, subscriptions: Object.entries(filters).map(([topic, qos]) => ({ topic, qos })) });
export const unsubscribe = (messageId: number, ...unsubscriptions: string[]) => ({ cmd: "unsubscribe", messageId, unsubscriptions });
export const suback = (messageId: number, ...granted: number[]) => ({ cmd: "suback", messageId, granted });
export const DISCONNECT = { cmd: "disconnect" };

/** The usual beginning: CONNECT, and a CONNACK. */
export const opening = (present = false, connect: object = {}): Row[] => [says({ ...CONNECT, ...connect }), tells(connack(present))];

export interface Desk {
  host: Host;
  session: Session;
  log: string[];
  link: AskedLink;
  failures: Failure[];
  /** Connects the session again; `log` goes on. */
  connect(options?: Partial<MqttOptions>): AskedLink;
  /** A `done` that notes itself. */
  done(name: string): (failed?: Failure, value?: unknown) => void;
  listener(name: string): (topic: string, payload: string, info: { qos: number; retain: boolean; dup: boolean; offset: number; total: number }) => void;
  /** Runs to the end; every script was played and nothing is left. Answers the log. */
  finish(): string[];
  /** What the client said in a connection, as objects. */
  said(connection?: number): any[];
}

/** One script for each connection; the first connects at once. */
export function desk(scripts: Row[][], options: Partial<MqttOptions> = {}, session = createSession("thing"), answerFirst = false): Desk {
  const host = createHost();
  // A connection looks at it when it is made.
  host.tls.answerFirst = answerFirst;
  // Known ids.
  session.nextId ||= 1;
  for (const rows of scripts) host.tls.script(...rows);
  const log: string[] = [];
  const failures: Failure[] = [];
  const fail = (failed: Failure) => {
    failures.push(failed);
    assert.ok(failed.message && failed.hint, "a failure without words");
    return failed.code + (failed.cause ? " " + failed.cause.status : "");
  };
  const self: Desk = {
    host, session, log, failures, link: undefined as never,
    connect: (changes = {}) =>
      (self.link = connectMqtt(host.platform, session, { host: "broker", port: 8883, keepAlive: 0, clean: false, handshakeSeconds: 60, ...options, ...changes }, {
        up: (present) => log.push("up " + present),
        down: (reason) => log.push("down" + (reason ? " " + fail(reason) : "")),
        refused: (failed) => log.push("refused " + fail(failed)),
      })),
    done: (name) => (failed, value) => void log.push(name + (failed ? " failed " + fail(failed) : " done") + (value === undefined ? "" : " " + value)),
    listener: (name) => (topic, payload, info) =>
      void log.push(`${name} ${topic} ${payload.length > 50 ? payload.length : payload} q${info.qos}${info.retain ? " retained" : ""}${info.dup ? " dup" : ""}${payload.length < info.total ? ` ${info.offset}/${info.total}` : ""}`),
    finish: () => {
      host.time.settle();
      host.verify();
      return log;
    },
    said: (connection = 0) => read(host.tls.connections[connection]!.received),
  };
  self.connect();
  return self;
}

export { hexOf };
