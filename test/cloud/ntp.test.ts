// The local NTP server: right answers by RFC 5905, and odd ones on demand.
import { deepEqual, equal, ok } from "node:assert/strict";
import { createSocket } from "node:dgram";
import { randomBytes } from "node:crypto";
import { startNtp, type NtpServer, type OddAnswer } from "../../sim/cloud/ntp";

/** 2036-02-07T06:28:16Z, when the seconds of NTP begin again. */
const ERA_1 = 2_085_978_496_000;

describe("The NTP server", () => {
  let ntp: NtpServer;
  let now = Date.UTC(2026, 0, 1, 12, 0, 0, 250);
  before(async () => {
    ntp = await startNtp("127.0.0.1", 0, () => now);
  });
  after(() => ntp.close());
  afterEach(() => {
    ntp.always();
    ntp.setOffset(0);
  });

  const request = () => {
    const packet = Buffer.alloc(48);
    packet[0] = 0x23;
    randomBytes(8).copy(packet, 40);
    return packet;
  };

  /** The answer and the port it came from; `undefined` if there is none. */
  const ask = (packet = request(), wait = 150): Promise<{ packet: Buffer; answer: Buffer | undefined; port: number }> =>
    new Promise((resolve) => {
      const socket = createSocket("udp4");
      const finish = (answer: Buffer | undefined, port: number) => {
        clearTimeout(timer);
        socket.close();
        resolve({ packet, answer, port });
      };
      const timer = setTimeout(finish, wait, undefined, 0);
      socket.on("message", (answer, from) => finish(answer, from.port));
      socket.send(packet, ntp.port, ntp.host);
    });

  const unix = (answer: Buffer, at: number) => answer.readUInt32BE(at) - 2_208_988_800 + answer.readUInt32BE(at + 4) / 2 ** 32;

  it("tells its time in the fields a client needs", async () => {
    const { packet, answer, port } = await ask();
    ok(answer);
    deepEqual([answer.length, answer[0], answer[1], port], [48, 0x24, 3, ntp.port]);
    deepEqual(answer.subarray(24, 32), packet.subarray(40, 48));
    for (const at of [32, 40]) ok(Math.abs(unix(answer, at) - now / 1000) < 1e-6);
    ok(unix(answer, 16) < unix(answer, 32));
  });

  it("answers in the version it is asked in", async () => {
    const old = request();
    old[0] = 0x1b;
    equal((await ask(old)).answer![0], 0x1c);
  });

  it("is as wrong as it is told to be", async () => {
    ntp.setOffset(-3600.5);
    ok(Math.abs(unix((await ask()).answer!, 40) - (now / 1000 - 3600.5)) < 1e-6);
  });

  it("begins again at 0 in February 2036", async () => {
    const real = now;
    now = ERA_1 + 5500;
    const { answer } = await ask();
    now = real;
    deepEqual([answer!.readUInt32BE(40), answer!.readUInt32BE(44)], [5, 2 ** 31]);
  });

  it("does not answer what is no request", async () => {
    const before = ntp.requests;
    for (const first of [0x24, 0x22, 0x03, 0x2b]) {
      const packet = request();
      packet[0] = first;
      equal((await ask(packet, 30)).answer, undefined);
    }
    equal((await ask(request().subarray(0, 47), 30)).answer, undefined);
    equal(ntp.requests, before);
  });

  const odd: [string, OddAnswer, (answer: Buffer, request: Buffer) => unknown, unknown][] = [
    ["a kiss-o'-death", { stratum: 0, referenceId: "RATE" }, (a) => [a[1], a.toString("latin1", 12, 16)], [0, "RATE"]],
    ["a server without time", { stratum: 16 }, (a) => a[1], 16],
    ["a clock that is not set", { leap: 3 }, (a) => a[0]! >> 6, 3],
    ["the wrong mode", { mode: 5 }, (a) => a[0]! & 7, 5],
    ["another version", { version: 3 }, (a) => (a[0]! >> 3) & 7, 3],
    ["another originate timestamp", { originate: "wrong" }, (a, r) => a.compare(r, 40, 48, 24, 32) === 0, false],
    ["no originate timestamp", { originate: "zero" }, (a) => a.readBigUInt64BE(24), 0n],
    ["no transmit timestamp", { transmit: "zero" }, (a) => a.readBigUInt64BE(40), 0n],
    ["a large root delay", { rootDelay: 2.5 }, (a) => a.readUInt32BE(4) / 65_536, 2.5],
    ["a large root dispersion", { rootDispersion: 4 }, (a) => a.readUInt32BE(8) / 65_536, 4],
    ["a short packet", { length: 40 }, (a) => a.length, 40],
  ];
  for (const [title, answer, read, expected] of odd) {
    it(`gives ${title} once, then a right answer`, async () => {
      ntp.next(answer);
      const first = await ask();
      deepEqual(read(first.answer!, first.packet), expected);
      const second = await ask();
      deepEqual([second.answer![0], second.answer![1], second.answer!.length], [0x24, 3, 48]);
    });
  }

  it("keeps silent once, or for as long as it is told to", async () => {
    ntp.next({ silent: true });
    equal((await ask(request(), 30)).answer, undefined);
    ok((await ask()).answer);
    ntp.always({ silent: true });
    for (let i = 0; i < 2; i++) equal((await ask(request(), 30)).answer, undefined);
  });

  it("answers late, or from another port", async () => {
    ntp.next({ delayMilliseconds: 80 }, { otherPort: true });
    const start = Date.now();
    ok((await ask()).answer);
    ok(Date.now() - start >= 75);
    const { answer, port } = await ask();
    ok(answer && port !== ntp.port);
  });
});
