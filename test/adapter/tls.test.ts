// The TLS adapter of src/espruino on a socket that keeps what is unsent in its field dSnd, as the interpreter's does, and whose passes and
// events the test orders: what the peer gets is what was written, in order and once, and each piece is told exactly once.
import assert from "node:assert/strict";
import type { SocketEvents, Tls } from "../../src/platform/ports";

/** The interpreter's socket: a pass sends what is in dSnd and queues a drain; queued events run when the test says so. */
class RawSocket {
  dSnd?: string;
  sent = "";
  private readonly listeners: Record<string, (value: unknown) => void> = {};
  private readonly queue: [event: string, value: unknown][] = [];

  on(event: string, listener: (value: any) => void): void {
    this.listeners[event] = listener;
  }
  write(bytes: string): boolean {
    this.dSnd = (this.dSnd ?? "") + bytes;
    return false;
  }
  emit(event: string, value?: unknown): void {
    this.queue.push([event, value]);
  }
  end(): void {
    this.emit("close", false);
  }
  /** One pass of the network: all that is unsent goes out. */
  pass(): void {
    if (!this.dSnd) return;
    this.sent += this.dSnd;
    this.dSnd = "";
    this.emit("drain");
  }
  /** The peer's bytes: 'data' listeners run at once, in the pass. */
  receive(bytes: string): void {
    this.listeners["data"]!.call(this, bytes);
  }
  run(): void {
    for (let next; (next = this.queue.shift()); ) this.listeners[next[0]]?.call(this, next[1]);
  }
}

describe("the TLS adapter", () => {
  const host = globalThis as Record<string, any>;
  const kept = { require: host["require"], E: host["E"], memory: (process as any).memory, board: process.env["BOARD"], modules: process.env["MODULES"] };
  let tls: Tls;
  let raw: RawSocket;

  before(async () => {
    const storage = { read: () => undefined, write: () => true, erase: () => {}, list: () => [] };
    const modules: Record<string, unknown> = { Storage: storage, tls: { connect: () => (raw = new RawSocket()) }, crypto: {}, dgram: {} };
    host["require"] = (name: string) => modules[name];
    host["E"] = { defrag: () => {} };
    Object.assign(process, { memory: () => ({ usage: 1, total: 2000, blocksize: 14 }) });
    Object.assign(process.env, { BOARD: "LINUX", MODULES: "" });
    ({ tls } = await import(new URL("../../src/espruino/tls.ts", import.meta.url).href));
  });
  after(() => {
    Object.assign(host, { require: kept.require, E: kept.E });
    Object.assign(process, { memory: kept.memory });
    for (const [name, value] of [["BOARD", kept.board], ["MODULES", kept.modules]] as const) if (value === undefined) delete process.env[name]; else process.env[name] = value;
  });

  /** Connects, with what happens in `events` told in `told`. */
  async function connected(events: Partial<SocketEvents> = {}): Promise<{ socket: ReturnType<Tls["connect"]>; told: string[] }> {
    const told: string[] = [];
    const tell = (what: string, then?: () => void) => () => { told.push(what); then?.(); };
    const socket = tls.connect({ host: "h", port: 443, hello: "hello", handshakeSeconds: 60, silenceSeconds: 0, stride: 0 }, {
      open: tell("open", events.open), drain: tell("drain", events.drain), data: (bytes) => { told.push("data " + bytes); events.data?.(bytes); },
      end: tell("end"), failed: (failure) => told.push(failure.code),
    });
    await new Promise((done) => setTimeout(done, 5));
    return { socket, told };
  }

  function close(socket: ReturnType<Tls["connect"]>): void {
    socket.end();
    raw.run();
  }

  it("a pump that begins while a piece is unsent waits for its drain: nothing takes its place", async () => {
    const { socket, told } = await connected();
    raw.pass();
    raw.run();
    assert.deepEqual(told, ["open"]);
    socket.write("first ");
    const pieces = ["second ", "third"];
    socket.pump(() => pieces.shift() ?? "");
    assert.equal(raw.dSnd, "first ");
    for (let i = 0; i < 4; i++) { raw.pass(); raw.run(); }
    assert.equal(raw.sent, "hellofirst second third");
    assert.deepEqual(told, ["open", "drain"]);
    close(socket);
  });

  it("a drain that comes while something is unsent is not taken for its own", async () => {
    const pieces = ["one ", "two ", "three"];
    const { socket, told } = await connected();
    raw.pass();
    raw.run();
    socket.pump(() => pieces.shift() ?? "");
    for (let i = 0; i < 5; i++) { raw.emit("drain"); raw.run(); }
    assert.deepEqual([raw.dSnd, pieces.length], ["one ", 2]);
    for (let i = 0; i < 4; i++) { raw.pass(); if (pieces.length) raw.emit("drain"); raw.run(); }
    assert.equal(raw.sent, "helloone two three");
    assert.equal(told.filter((what) => what === "drain").length, 1);
    close(socket);
  });

  it("a piece written when the first bytes came before the hello's drain is told at its own drain", async () => {
    let written = false;
    const { socket, told } = await connected({ data: () => { if (!written) socket.write("answer"); written = true; } });
    raw.receive("greeting");
    raw.pass();
    raw.run();
    // open by data; the answer is unsent while the hello's drain comes
    assert.deepEqual([told, raw.dSnd, raw.sent], [["open", "data greeting"], "answer", "hello"]);
    raw.pass();
    raw.run();
    assert.deepEqual([told, raw.sent], [["open", "data greeting", "drain"], "helloanswer"]);
    close(socket);
  });

  it("a socket without the field is written to, piece by piece", async () => {
    const { socket, told } = await connected();
    let sent = "";
    delete raw.dSnd;
    raw.write = (bytes) => { sent += bytes; raw.emit("drain"); return false; };
    raw.emit("drain");
    raw.run();
    const pieces = ["a", "b", "c"];
    socket.pump(() => pieces.shift() ?? "");
    raw.run();
    assert.deepEqual([sent, told], ["abc", ["open", "drain"]]);
    close(socket);
    assert.equal(told.at(-1), "end");
  });
});
