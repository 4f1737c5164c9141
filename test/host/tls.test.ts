// The mock TLS socket itself: it plays its rows and forgives nothing.
import assert from "node:assert/strict";
import type { Socket } from "../../src/platform/ports";
import { createHost, type Host } from "./host";
import { breakOff, endClean, ended, expect, hold, readAll, refused, release, type Row, send, silentHandshake, stall, wait } from "./script";

/** A client that notes every event as "name@milliseconds", and answers events by `on`. */
function connect(host: Host, on: { [event: string]: (socket: Socket) => void } = {}): { log: string[]; socket: Socket } {
  const log: string[] = [];
  const note = (event: string, detail = "") => {
    log.push(event + detail + "@" + host.time.elapsed);
    on[event]?.(socket);
  };
  const socket = host.platform.tls.connect(
    { host: "h", port: 443, hello: "hello", handshakeSeconds: 60, silenceSeconds: 30, stride: 0 },
    {
      open: () => note("open"),
      data: (bytes) => note("data", " " + bytes),
      drain: () => note("drain"),
      end: () => note("end"),
      failed: (failure) => note("failed", " " + failure.code),
    },
  );
  assert.deepEqual(log, [], "an event before connect returned");
  return { log, socket };
}

function play(rows: Row[], on: { [event: string]: (socket: Socket) => void } = {}): string[] {
  const host = createHost();
  host.tls.script(...rows);
  const { log } = connect(host, on);
  host.time.settle();
  host.verify();
  return log;
}

describe("the mock TLS socket", () => {
  const rows: [string, Row[], string[]][] = [
    ["opens once the hello is taken, and ends cleanly", [expect("hello"), endClean()], ["open@0", "end@0"]],
    ["sends in slices of one length", [expect("hello"), send("abcde", 2), endClean()], ["open@0", "data ab@0", "data cd@0", "data e@0", "end@0"]],
    ["sends in slices of given lengths", [expect(/lo$/), send("abcdef", [1, 3]), endClean()], ["open@0", "data a@0", "data bcd@0", "data ef@0", "end@0"]],
    ["waits", [expect("hello"), send("a"), wait(700), send("b"), wait(300), breakOff()], ["open@0", "data a@0", "data b@700", "failed connection-lost@1000"]],
    ["stalls until the client's patience ends", [expect("hello"), wait(1000), send("a"), stall()], ["open@0", "data a@1000", "failed timeout@31000"]],
    ["refuses", [refused("dns", 40)], ["failed dns@40"]],
    ["never finishes the handshake", [silentHandshake()], ["failed timeout@60000"]],
    ["breaks with the code it is told", [expect((bytes) => bytes.length || undefined), breakOff("timeout")], ["open@0", "failed timeout@0"]],
  ];
  for (const [title, script, events] of rows) it(title, () => assert.deepEqual(play(script), events));

  it("holds the drain back while the peer does not read", () => {
    const script = [expect("hello"), hold(), wait(5000), release(), expect("piece"), endClean()];
    assert.deepEqual(play(script, { open: (socket) => socket.write("piece") }), ["open@0", "drain@0", "end@5000"]);
    const late = play([hold(), expect("hello"), send("go"), wait(5000), release(), expect("piece"), endClean()], { data: (socket) => socket.write("piece") });
    assert.deepEqual(late, ["open@0", "data go@0", "drain@5000", "end@5000"]);
  });

  it("can answer before it drains", () => {
    const host = createHost();
    host.tls.answerFirst = true;
    host.tls.script(expect("hello"), expect("piece"), send("answer"), readAll(), ended());
    const { log } = connect(host, { open: (socket) => socket.write("piece"), drain: (socket) => socket.end() });
    host.time.settle();
    host.verify();
    assert.deepEqual(log, ["open@0", "data answer@0", "drain@1", "end@1"]);
  });

  it("delivers nothing but the end once the client has ended", () => {
    const log = play([expect("hello"), send("abc", 1), ended()], { data: (socket) => socket.end() });
    assert.deepEqual(log, ["open@0", "data a@0", "end@0"]);
  });

  it("drops the piece that was not on its way when the client ended", () => {
    const host = createHost();
    host.tls.script(expect("hello"), send("go"), ended());
    connect(host, { data: (socket) => (socket.write("lost"), socket.end()) });
    host.time.settle();
    assert.equal(host.tls.connections[0]!.received, "hello");
  });

  const broken: [string, Row[], { [event: string]: (socket: Socket) => void }, RegExp][] = [
    ["a second write before the drain", [readAll(), ended()], { open: (socket) => (socket.write("a"), socket.write("b")) }, /before the drain/],
    ["a write of nothing", [readAll(), ended()], { open: (socket) => socket.write("") }, /write of nothing/],
    ["a character beyond 255", [readAll(), ended()], { open: (socket) => socket.write("\u0100") }, /beyond 255/],
    ["other bytes than expected", [expect("help")], {}, /expects "help" but got "hello"/],
  ];
  for (const [title, script, on, message] of broken) it("fails on " + title, () => assert.throws(() => play(script, on), message));

  it("fails on a write before open", () => {
    const host = createHost();
    host.tls.script(readAll());
    const { socket } = connect(host);
    assert.throws(() => socket.write("early"), /before open/);
    assert.throws(() => host.verify(), /broken contracts/);
  });

  it("fails on a connection without a script", () => assert.throws(() => connect(createHost()), /was not expected/));

  const unfinished: [string, Row[], RegExp][] = [
    ["rows that were not reached", [expect("hello"), expect("more"), send("x"), stall()], /row 1 was not reached/],
    ["bytes that no row asked for", [expect("hel"), breakOff()], /no row asked for "lo"/],
    ["a connection that fell silent by itself", [expect("hello")], /fell silent without a stall row/],
  ];
  for (const [title, script, message] of unfinished) it("finds " + title, () => assert.throws(() => play(script), message));
});
