// SNTP packets, byte by byte (RFC 4330 section 4, RFC 5905 section 7.3).
import assert from "node:assert/strict";
import { parseSntpReply, sntpRequest } from "../../src/sntp/packet";
import { Chance } from "../host/chance";
import { ntpTime, reply } from "./replies";

const NONCE = "\x01\x02\x03\x04\xff\xfe\xfd\xfc";
const packed = (hex: string) => Buffer.from(hex.replace(/\s/g, ""), "hex").toString("latin1");

describe("an SNTP request", () => {
  it("is version 4, mode 3, zeros, and the nonce as the transmit time", () => {
    assert.equal(sntpRequest(NONCE), packed("23 000000" + "00".repeat(36) + "01020304fffefdfc"));
  });
});

describe("an SNTP reply", () => {
  it("is read field by field", () => {
    const bytes = packed(`
      1c 02 06 e9  00008000 00004000  47505300
      e8d2d4d0 00000000  01020304fffefdfc  ed11f480 80000000  ed11f481 40000000`);
    const seconds = (0xed11f480 - 2208988800) * 1000;
    assert.deepEqual(parseSntpReply(bytes), {
      leap: 0, version: 3, mode: 4, stratum: 2, rootDistance: 0.25 + 0.25, reference: "GPS\0", originate: NONCE, received: seconds + 500, transmitted: seconds + 1250,
    });
  });

  const first: [title: string, byte: number, leap: number, version: number, mode: number][] = [
    ["a server's", 0x24, 0, 4, 4], ["one whose clock is not set", 0xe4, 3, 4, 4], ["a client's", 0x23, 0, 4, 3], ["a leap second's", 0x5c, 1, 3, 4], ["all bits'", 0xff, 3, 7, 7],
  ];
  for (const [title, byte, leap, version, mode] of first) {
    it(`has leap ${leap}, version ${version}, mode ${mode} in ${title} first byte`, () => {
      const read = parseSntpReply(String.fromCharCode(byte) + "\0".repeat(47))!;
      assert.deepEqual([read.leap, read.version, read.mode], [leap, version, mode]);
    });
  }

  it("adds half the root delay and the root dispersion", () => {
    const read = (rootDelay: number, rootDispersion: number) => parseSntpReply(reply({ originate: NONCE, received: 1, transmitted: 1, rootDelay, rootDispersion }))!.rootDistance;
    assert.deepEqual([read(0, 0), read(1, 0), read(0, 1), read(0.5, 0.25), read(65535, 0)], [0, 0.5, 1, 0.5, 32767.5]);
  });

  it("has no time where the packet holds zero", () => {
    const read = parseSntpReply(reply({ originate: NONCE, received: undefined, transmitted: undefined }))!;
    assert.deepEqual([read.received, read.transmitted], [undefined, undefined]);
  });

  // The seconds since 1900 overflow at 06:28:16 on 2036-02-07.
  const times: [title: string, hex: string, iso: string][] = [
    ["the first time this firmware accepts", "ed003780 00000000", "2026-01-01T00:00:00.000Z"],
    ["half a second", "ed003780 80000000", "2026-01-01T00:00:00.500Z"],
    ["the last second of era 0", "ffffffff 00000000", "2036-02-07T06:28:15.000Z"],
    ["the last millisecond of era 0", "ffffffff ffbe76c9", "2036-02-07T06:28:15.999Z"],
    ["the first moment of era 1 that is not zero", "00000000 00418938", "2036-02-07T06:28:16.001Z"],
    ["the first second of era 1", "00000001 00000000", "2036-02-07T06:28:17.000Z"],
    ["the end of 2099", "78650880 00000000", new Date((0x78650880 + 2 ** 32 - 2208988800) * 1000).toISOString()],
    ["the last second that is taken for era 1", "7fffffff 00000000", "2104-02-26T09:42:23.000Z"],
    ["the first second that is taken for era 0", "80000000 00000000", "1968-01-20T03:14:08.000Z"],
  ];
  for (const [title, hex, iso] of times) {
    it(`reads ${title} as ${iso}`, () => {
      const bytes = "\x24\x02" + "\0".repeat(22) + NONCE + packed(hex) + packed(hex);
      const read = parseSntpReply(bytes)!;
      assert.equal(new Date(Math.round(read.transmitted!)).toISOString(), iso);
      assert.equal(read.received, read.transmitted);
    });
  }

  it("tells times apart to a microsecond, from 2026 to 2104", () => {
    const chance = new Chance(13);
    for (let i = 0; i < 5000; i++) {
      const time = Date.UTC(2026, 0) + Math.floor(chance.fraction() * 78 * 365 * 86_400_000);
      const read = parseSntpReply("\x24\x02" + "\0".repeat(30) + ntpTime(time) + ntpTime(time + 0.5))!;
      assert.ok(Math.abs(read.received! - time) < 0.001, String(time));
      assert.ok(Math.abs(read.transmitted! - time - 0.5) < 0.001, String(time));
    }
  });

  it("is nothing in a packet shorter than 48 bytes", () => {
    const whole = reply({ originate: NONCE, received: 1, transmitted: 1 });
    for (let length = 0; length < 48; length++) assert.equal(parseSntpReply(whole.slice(0, length)), undefined);
  });

  it("may be followed by an extension or a signature", () => {
    const whole = reply({ originate: NONCE, received: 1000, transmitted: 2000 });
    assert.deepEqual(parseSntpReply(whole + "\xff".repeat(20)), parseSntpReply(whole));
  });
});
