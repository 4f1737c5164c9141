// Packets, both ways: against published ones, against those that the library mqtt-packet makes, in every slicing, and garbage.
import assert from "node:assert/strict";
import { fixedHeader } from "../../src/mqtt/packets";
import { Chance } from "../host/chance";
import { describeVectors } from "../host/vectors";
import { expectedOf, fromHex, hexOf, ours, parse, read, theirs } from "./packets";

/** At what cuts a packet is tried: everywhere, in a long one near its ends and here and there. */
const cuts = (length: number): number[] =>
  Array.from({ length: length + 1 }, (_, at) => at).filter((at) => length < 3000 || at < 300 || at > length - 300 || at % 97 === 0);

function checkBothWays(bytes: string, name: string): void {
  const [packet] = read(bytes);
  const sent = ours(packet);
  const expected = expectedOf(packet);
  assert.ok(sent !== undefined || expected !== undefined, name + ": nobody sends it");
  if (sent !== undefined) {
    // An older protocol's CONNECT: the same fields, as 3.1.1 has them.
    const same = packet.cmd !== "connect" || (packet.protocolId === "MQTT" && packet.protocolVersion === 4 && !packet.bridgeMode);
    assert.equal(hexOf(sent), hexOf(same ? bytes : theirs({ ...packet, protocolId: "MQTT", protocolVersion: 4, bridgeMode: false })), name);
  }
  for (const most of [4096, 0]) {
    for (const at of cuts(bytes.length)) {
      const { told, fault } = parse([bytes.slice(0, at), bytes.slice(at)], most);
      if (expected === undefined) assert.notEqual(fault, "", `${name} cut at ${at}: only a client sends it`);
      else assert.deepEqual({ told, fault }, { told: [expected], fault: "" }, `${name} cut at ${at}`);
    }
    if (expected !== undefined) assert.deepEqual(parse([...bytes, ...bytes], most).told, [expected, expected], name + " byte by byte");
  }
}

describe("MQTT packets", () => {
  const known: [string, string][] = [
    ["CONNECT", "101300044d515454040004b000076c6e755f303031"],
    ["CONNECT with a will", "103000044d515454042e003c00076c6e755f30303100126465762f6c6e755f3030312f73746174757300076f66666c696e65"],
    ["CONNECT without an id", "100c00044d515454040200000000"],
    ["CONNECT with user name and password", "101900044d51545404c2003c000474657374000375736500027077"],
    ["PUBLISH", "3010000464742f617b2274223a32312e357d"],
    ["PUBLISH again", "3a09000464742f61000178"],
    ["PUBLISH of QoS 2, the highest id", "3409000464742f61ffff78"],
    ["PUBLISH without payload, retained", "3106000464742f61"],
    ["PUBLISH to a topic beyond ASCII", "300d0009742fc3a42ff09f988000ff"],
    ["PUBACK", "40021234"], ["PUBREC", "50021234"], ["PUBREL", "62021234"], ["PUBCOMP", "70021234"],
    ["SUBSCRIBE", "820a00010005612f622f6301"], ["UNSUBSCRIBE", "a20e0004000464742f61000464742f62"],
    ["SUBACK", "9006000201008002"], ["UNSUBACK", "b0021234"], ["CONNACK", "20020100"], ["CONNACK refused", "20020005"],
    ["PINGREQ", "c000"], ["PINGRESP", "d000"], ["DISCONNECT", "e000"],
  ];
  for (const [name, hex] of known) it(`${name} both ways, cut at every byte`, () => checkBothWays(fromHex(hex), name));

  it("MQTT-2.2.2-1 reserved flags are as they must be", () => {
    const firsts: [string, number][] = [["connect", 0x10], ["puback", 0x40], ["pubrec", 0x50], ["pubrel", 0x62], ["pubcomp", 0x70], ["subscribe", 0x82], ["unsubscribe", 0xa2], ["pingreq", 0xc0], ["disconnect", 0xe0]];
    const fields = { clientId: "a", keepalive: 0, clean: true, messageId: 1, subscriptions: [{ topic: "a", qos: 0 }], unsubscriptions: ["a"] };
    for (const [cmd, first] of firsts) assert.equal(ours({ cmd, ...fields })!.charCodeAt(0), first, cmd);
  });

  const lengths: [number, string][] = [
    [0, "00"], [1, "01"], [127, "7f"], [128, "8001"], [129, "8101"], [16383, "ff7f"], [16384, "808001"], [2097151, "ffff7f"], [2097152, "80808001"], [268435455, "ffffff7f"],
  ];
  it("remaining lengths of one to four bytes", () => {
    for (const [value, hex] of lengths) assert.equal(hexOf(fixedHeader(0x30, value)), "30" + hex);
    for (const [value, hex] of lengths.filter(([value]) => value > 3)) {
      const { fault, told } = parse([fromHex("30" + hex + "000161") + "x".repeat(Math.min(value - 3, 300))]);
      assert.deepEqual([fault, told.length], ["", value - 3 <= 300 ? 1 : 0], String(value));
    }
  });

  const broken: [string, string][] = [
    ["reserved type 0", "0000"], ["reserved type 15", "f000"], ["a remaining length of five bytes", "30ffffffff01"],
    ["MQTT-2.2.2-2 CONNACK with flags", "21020000"], ["PUBACK with flags", "41020001"], ["PUBREL without its flags", "60020001"], ["SUBACK with flags", "9203000100"],
    ["CONNACK of three bytes", "2003000000"], ["CONNACK of one byte", "200100"], ["PUBACK of three bytes", "4003000100"], ["PINGRESP with a body", "d00100"],
    ["SUBACK without codes", "90020001"], ["SUBACK for more filters than can have been asked", "900b0001" + "00".repeat(9)],
    ["MQTT-3.3.1-4 QoS 3", "3606000161000178"], ["packet id 0", "32050001610000"], ["a PUBLISH without a topic's length", "300100"], ["a topic longer than its packet", "3004000b6162"],
    ["a PUBLISH without its id", "32030001" + "61"], ["an empty topic", "3003000078"],
    ["MQTT-1.5.3-1 ill-formed UTF-8", "30040002c328"], ["a surrogate in a topic", "30050003eda080"], ["MQTT-1.5.3-2 U+0000 in a topic", "30050003610062"],
    ["MQTT-4.7.1-1 a wildcard in a topic", "30050003642f2b"], ["# in a topic", "3003000123"],
    ["HTTP", hexOf("HTTP/1.1 400 Bad Request\r\n\r\n")], ["TLS", "1503030002"],
  ];
  for (const [name, hex] of broken) {
    it(`refuses ${name}, in any slices`, () => {
      const bytes = fromHex(hex);
      for (const at of cuts(bytes.length)) {
        const { fault, told } = parse([bytes.slice(0, at), bytes.slice(at)]);
        assert.deepEqual([fault !== "", told], [true, []], `cut at ${at}`);
      }
      assert.notEqual(parse([...bytes]).fault, "");
      // After good packets too.
      assert.deepEqual(parse([fromHex("d00040020001") + bytes]).told, ["208 ", "64 0001"]);
    });
  }

  for (const kind of ["connect", "subscribe", "unsubscribe", "pingreq", "disconnect"]) {
    it(`refuses ${kind}, which no broker sends`, () => {
      const packet = { cmd: kind, clientId: "a", messageId: 1, subscriptions: [{ topic: "a", qos: 0 }], unsubscriptions: ["a"] };
      assert.notEqual(parse([theirs(packet)]).fault, "");
    });
  }

  it("MQTT-1.5.3-3 EF BB BF in a topic stays", () => {
    assert.deepEqual(parse([fromHex("30060004efbbbf61")]).told, ["\xef\xbb\xbfa 0 false false 0 "]);
  });

  it("a payload over the limit comes in the pieces of the network, one below it whole", () => {
    const bytes = theirs({ cmd: "publish", topic: "t", payload: "x".repeat(1000), qos: 1, messageId: 7 });
    const slices = [bytes.slice(0, 300), bytes.slice(300, 301), bytes.slice(301)];
    assert.deepEqual(parse(slices, 999).pieces, [300 - 8, 1, 707]);
    assert.deepEqual(parse(slices, 1000).pieces, [1000]);
  });

  it("packets of chance, against mqtt-packet both ways", () => {
    const chance = new Chance(4);
    const upTo = (most: number) => Math.floor(chance.fraction() * (most + 1));
    const text = () => Array.from({ length: 1 + upTo(20) }, () => ["a", "Z", "/", "\u00e4", "\u20ac", "\u{1f600}", " ", "$", "7"][upTo(8)]).join("");
    const payload = (most: number) => Buffer.from(chance.bytes(upTo(most)), "latin1");
    const make: (() => any)[] = [
      () => ({
        cmd: "connect", clientId: text(), keepalive: upTo(65535), clean: upTo(1) > 0, protocolId: "MQTT", protocolVersion: 4,
        ...(upTo(1) ? { will: { topic: text(), payload: payload(300), qos: upTo(2), retain: upTo(1) > 0 } } : {}),
        ...(upTo(1) ? { username: text(), ...(upTo(1) ? { password: payload(40) } : {}) } : {}),
      }),
      () => {
        const qos = upTo(2);
        return { cmd: "publish", topic: text(), payload: payload([10, 200, 20000][upTo(2)]!), qos, retain: upTo(1) > 0, dup: qos > 0 && upTo(1) > 0, ...(qos ? { messageId: 1 + upTo(65534) } : {}) };
      },
      () => ({ cmd: ["puback", "pubrec", "pubrel", "pubcomp", "unsuback"][upTo(4)], messageId: 1 + upTo(65534) }),
      () => ({ cmd: "subscribe", messageId: 1 + upTo(65534), subscriptions: Array.from({ length: 1 + upTo(7) }, () => ({ topic: text(), qos: upTo(2) })) }),
      () => ({ cmd: "unsubscribe", messageId: 1 + upTo(65534), unsubscriptions: Array.from({ length: 1 + upTo(7) }, text) }),
      () => ({ cmd: "suback", messageId: 1 + upTo(65534), granted: Array.from({ length: 1 + upTo(7) }, () => [0, 1, 2, 128][upTo(3)]) }),
      () => ({ cmd: "connack", sessionPresent: upTo(1) > 0, returnCode: 0 }),
      () => ({ cmd: ["pingreq", "pingresp", "disconnect"][upTo(2)] }),
    ];
    const stream: string[] = [], expected: string[] = [];
    for (let n = 0; n < 3000; n++) {
      const packet = make[upTo(make.length - 1)]!();
      const bytes = theirs(packet);
      const sent = ours(packet);
      if (sent !== undefined) assert.equal(hexOf(sent), hexOf(bytes), JSON.stringify(packet));
      const told = expectedOf(packet);
      if (told === undefined) continue;
      stream.push(bytes);
      expected.push(told);
    }
    const all = stream.join("");
    for (const most of [0, 100, 4096]) {
      const slices: string[] = [];
      for (let at = 0; at < all.length; at += slices[slices.length - 1]!.length) slices.push(all.slice(at, at + 1 + upTo([3, 536, 4000][upTo(2)]!)));
      const { told, fault } = parse(slices, most);
      assert.deepEqual([fault, told.length], ["", expected.length]);
      told.forEach((one, n) => assert.ok(one === expected[n], `packet ${n}`));
    }
  });

  it("garbage never makes it throw, and ends in a fault or in waiting", () => {
    const chance = new Chance(9);
    let faults = 0;
    for (let n = 0; n < 3000; n++) {
      const bytes = chance.bytes(1 + Math.floor(chance.fraction() * 60));
      const { fault } = parse(n % 2 ? [bytes] : [...bytes]);
      if (fault) faults++;
    }
    assert.ok(faults > 2500, `${faults} of 3000`);
  });
});

describeVectors("MQTT packets of the vectors", "mqtt311-packets", (vectors) => {
  for (const one of [...vectors.fromMqttPacket, ...vectors.own]) {
    it(`${one.name} both ways, cut at every byte`, () => checkBothWays(fromHex(one.hex), one.name));
  }
  for (const { value, hex } of vectors.remainingLength) it(`remaining length ${value}`, () => assert.equal(hexOf(fixedHeader(0x30, value)), "30" + hex));
  for (const one of [...vectors.malformedFromMqttPacket, ...vectors.malformedOwn]) {
    it(`refuses ${one.name ?? one.expectedError} (${one.hex.slice(0, 24)})`, () => {
      const bytes = fromHex(one.hex);
      // The meaning of a complete packet is the client's affair (test/mqtt/client.test.ts): these two are well-formed.
      const meaning = ["connack-reserved-flags", "connack-sp-with-error", "suback-bad-code"].includes(one.name) || /suback QoS|connack flags/i.test(one.expectedError ?? "");
      for (const at of cuts(bytes.length)) {
        const { fault, told } = parse([bytes.slice(0, at), bytes.slice(at)]);
        if (meaning) assert.equal(told.length, 1);
        // Some of the library's are only incomplete.
        else assert.ok(fault || (!one.name && !told.length), `cut at ${at}: ${told}`);
      }
    });
  }
});
