// The broker of the local IoT has AWS's manners.
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import { generate, type IConnectPacket, type IPublishPacket, type ISubscribePacket, type Packet } from "mqtt-packet";
import { CONNECT, identity, listen, moment, mqttClient, RawClient, until } from "./iot-client";
import { makeCertificate } from "../probes/certificates";
import { startCloud, type Cloud } from "../../sim/cloud/index";
import { longestSilence } from "../../sim/cloud/iot/admission";

const PUBLISH: IPublishPacket = { cmd: "publish", topic: "logs/a", payload: "x", qos: 0, dup: false, retain: false };
const publish = (changes: Partial<IPublishPacket>): IPublishPacket => ({ ...PUBLISH, ...(changes.qos ? { messageId: 7 } : {}), ...changes });
const subscribe = (...subscriptions: [topic: string, qos?: 0 | 1 | 2][]): ISubscribePacket => ({ cmd: "subscribe", messageId: 5, subscriptions: subscriptions.map(([topic, qos = 0]) => ({ topic, qos })) });

describe("The local IoT's broker", function () {
  this.timeout(15_000);
  let cloud: Cloud;
  before(async () => (cloud = await startCloud()));
  after(() => cloud.close());
  afterEach(async () => {
    const { iot } = cloud;
    iot.mqtt.faults.clear();
    iot.policy.allow();
    iot.device.active = true;
    iot.mqtt.second = 1000;
    iot.mqtt.deniedSubscribe = "close";
    iot.mqtt.drop();
    await iot.mqtt.forgetSession("board-17");
  });
  const lastReason = () => cloud.iot.mqtt.closings.at(-1)?.reason ?? "";

  describe("asks for the device's certificate", () => {
    const rows: [title: string, inHandshake: boolean, options: () => object | Promise<object>][] = [
      ["none", true, () => ({ cert: undefined, key: undefined })],
      ["one of another root", false, () => makeCertificate("stranger", "rsa").then(({ pem, keyPem }) => ({ cert: pem, key: keyPem }))],
    ];
    for (const [title, inHandshake, options] of rows) {
      it(`and closes ${inHandshake ? "the handshake " : ""}on ${title}`, async () => {
        const socket = connectTls({ host: cloud.iot.host, port: cloud.iot.mqtt.port, servername: "localhost", ...identity(cloud), ...(await options()) });
        socket.on("error", () => {});
        let [secured, answered] = [false, false];
        socket.on("secureConnect", () => (secured = socket.write(generate(CONNECT))));
        socket.on("data", () => (answered = true));
        await new Promise((resolve) => socket.on("close", resolve));
        ok(!answered && !(secured && inHandshake));
      });
    }

    it("speaks TLS 1.2, and never resumes a session", async () => {
      const first = await RawClient.open(cloud);
      equal(first.socket.getProtocol(), "TLSv1.2");
      await first.ask(CONNECT, "connack");
      const session = first.socket.getSession();
      first.close();
      const second = await RawClient.open(cloud, { session: session! });
      ok(!second.socket.isSessionReused());
      second.close();
    });

    it("takes the suites of Espruino's Linux build", async () => {
      const client = await RawClient.open(cloud, { ciphers: "DHE-RSA-AES256-GCM-SHA384" });
      equal((await client.ask(CONNECT, "connack")).returnCode, 0);
    });

    for (const [title, change] of [
      ["inactive", () => void (cloud.iot.device.active = false)],
      ["not registered", () => cloud.iot.registry.remove(cloud.certificates.device.certificate.der)],
    ] as const) {
      it(`and hangs up after the handshake when it is ${title}`, async () => {
        change();
        const client = await RawClient.open(cloud);
        client.send(CONNECT);
        await until(() => client.closed, "the close");
        deepEqual([client.received, lastReason()], [[], "certificate is inactive or unknown"]);
        Object.assign(cloud.iot.device, cloud.iot.registry.register(cloud.certificates.device.certificate.der, "board-17"));
      });
    }
  });

  describe("answers CONNECT", () => {
    const rows: [title: string, connect: Partial<IConnectPacket>, code: number][] = [
      ["in order", {}, 0],
      ["with an id of 128 bytes", { clientId: "é".repeat(64) }, 0],
      ["with an id of 129 bytes", { clientId: "é".repeat(64) + "x" }, 2],
      ["without an id", { clientId: "" }, 2],
      ["with an id that begins with $", { clientId: "$board" }, 2],
      ["of MQTT 3.1", { protocolId: "MQIsdp", protocolVersion: 3 }, 1],
      ["of MQTT 5", { protocolVersion: 5 }, 1],
      ["that the policy denies", { clientId: "denied" }, 7],
    ];
    for (const [title, connect, code] of rows) {
      it(`${title} with code ${code}`, async () => {
        cloud.iot.policy.deny("iot:Connect", "client/denied");
        const client = await RawClient.open(cloud);
        deepEqual({ ...(await client.ask({ ...CONNECT, ...connect }, "connack")), length: 2 }.returnCode, code);
        if (code !== 0) await until(() => client.closed, "the close");
        else client.close();
      });
    }

    const wills: [title: string, will: object, reason: string][] = [
      ["QoS 2", { qos: 2 }, "will with QoS 2"],
      ["a reserved topic", { topic: "$aws/x" }, "will to a reserved topic"],
      ["a wildcard", { topic: "a/+" }, "wildcard in a topic"],
      ["a topic that the policy denies", { topic: "denied" }, "PUBLISH denied by the policy"],
      ["retain that the policy denies", { topic: "unretained", retain: true }, "retained PUBLISH denied by the policy"],
    ];
    for (const [title, will, reason] of wills) {
      it(`with a will of ${title} by closing`, async () => {
        cloud.iot.policy.deny("iot:Publish", "topic/denied");
        cloud.iot.policy.deny("iot:RetainPublish", "topic/unretained");
        const client = await RawClient.open(cloud);
        client.send({ ...CONNECT, will: { topic: "wills", payload: Buffer.from("w"), qos: 0, retain: false, ...will } });
        await until(() => client.closed, "the close");
        deepEqual([client.received, lastReason()], [[], reason]);
      });
    }
  });

  describe("closes without a word", () => {
    const long = "a".repeat(257);
    const rows: [title: string, packet: Packet | Buffer, reason: RegExp][] = [
      ["PUBLISH with QoS 2", publish({ qos: 2 }), /QoS 2/],
      ["SUBSCRIBE with QoS 2", subscribe(["a", 2]), /QoS 2/],
      ["PUBLISH that the policy denies", publish({ topic: "denied" }), /PUBLISH denied/],
      ["PUBLISH with QoS 1 that the policy denies", publish({ topic: "denied", qos: 1 }), /PUBLISH denied/],
      ["retained PUBLISH that the policy denies", publish({ topic: "unretained", retain: true }), /retained PUBLISH denied/],
      ["SUBSCRIBE that the policy denies", subscribe(["fine"], ["denied"]), /SUBSCRIBE denied/],
      ["a topic of 257 bytes", publish({ topic: long }), /256 bytes/],
      ["a filter of 257 bytes", subscribe([long]), /256 bytes/],
      ["a topic with eight slashes", publish({ topic: "1/2/3/4/5/6/7/8/9" }), /7 slashes/],
      ["a filter with eight slashes", subscribe(["1/2/3/4/5/6/7/8/#"]), /7 slashes/],
      ["a payload of 128 KB and a byte", publish({ payload: Buffer.alloc(131_073) }), /128 KB/],
      ["a packet that says it is very long", Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 97]), /128 KB/],
      ["nine filters", subscribe(...Array.from({ length: 9 }, (_, at): [string] => [`f/${at}`])), /too many filters/],
      ["retained PUBLISH to $aws", publish({ topic: "$aws/things/board-17/shadow/update", retain: true }), /retained PUBLISH to a reserved/],
      ["PUBLISH to a topic of $aws that is none", publish({ topic: "$aws/things/board-17/other" }), /PUBLISH to a reserved/],
      ["PUBLISH as the shadow service", publish({ topic: "$aws/things/board-17/shadow/update/accepted" }), /PUBLISH to a reserved/],
      ["PUBLISH as the job service", publish({ topic: "$aws/things/board-17/jobs/notify-next" }), /PUBLISH to a reserved/],
      ["PUBLISH to another $ topic", publish({ topic: "$mine" }), /PUBLISH to a reserved/],
      ["SUBSCRIBE to $SYS", subscribe(["$SYS/#"]), /SUBSCRIBE to a reserved/],
      ["SUBSCRIBE to $aws/#", subscribe(["$aws/#"]), /SUBSCRIBE to a reserved/],
      ["a # that is not last", subscribe(["a/#/b"]), /wildcard/],
      ["a + beside a letter", subscribe(["a+/b"]), /wildcard/],
      ["a second CONNECT", CONNECT, /unexpected connect/],
      ["a packet that only servers send", { cmd: "pingresp" }, /unexpected pingresp/],
      ["PUBREL", { cmd: "pubrel", messageId: 1 }, /unexpected pubrel/],
      ["header flags that are wrong", Buffer.from([0xc1, 0]), /flag/i],
      ["QoS 3", Buffer.from([0x36, 5, 0, 1, 97, 0, 1]), /QoS/],
      ["a topic that is not UTF-8", Buffer.from([0x30, 5, 0, 2, 0xc3, 0x28, 120]), /malformed/],
      ["a topic with U+0000", Buffer.from([0x30, 5, 0, 2, 97, 0, 120]), /U\+0000/],
      ["an empty topic", Buffer.from([0x30, 3, 0, 0, 120]), /malformed|empty/],
      ["a wildcard in a topic", Buffer.from([0x30, 5, 0, 2, 97, 35, 120]), /wildcard/],
      ["bytes after a PINGREQ", Buffer.from([0xc0, 1, 0]), /./],
      ["a length of five bytes", Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 1]), /four bytes/],
    ];
    for (const [title, packet, reason] of rows) {
      it(`on ${title}`, async () => {
        cloud.iot.policy.deny("iot:Publish", "topic/denied");
        cloud.iot.policy.deny("iot:RetainPublish", "topic/unretained");
        cloud.iot.policy.deny("iot:Subscribe", "topicfilter/denied");
        const messages = cloud.iot.mqtt.messages.length;
        const client = await RawClient.connected(cloud);
        client.send(Buffer.isBuffer(packet) ? packet : raw(packet));
        await until(() => client.closed, "the close");
        match(lastReason(), reason);
        deepEqual([client.received.length, cloud.iot.mqtt.messages.length], [1, messages]);
      });
    }

    it("on anything before CONNECT", async () => {
      const client = await RawClient.open(cloud);
      client.send({ cmd: "pingreq" });
      await until(() => client.closed, "the close");
      equal(lastReason(), "first packet is not CONNECT");
    });

    it("on anything before CONNACK", async () => {
      const client = await RawClient.open(cloud);
      client.send(CONNECT, publish({}));
      await until(() => client.closed, "the close");
      equal(lastReason(), "publish before CONNACK");
    });

    it("on the 51st subscription", async () => {
      const client = await RawClient.connected(cloud);
      for (let at = 0; at < 50; at++) await client.ask({ ...subscribe([`f/${at}`]), messageId: at + 1 }, "suback");
      client.send(subscribe(["f/50"]));
      await until(() => client.closed, "the close");
      equal(lastReason(), "too many subscriptions");
    });
  });

  describe("takes what is within the limits", () => {
    const rows: [title: string, packet: Packet, answer: string][] = [
      ["a topic of 256 bytes", publish({ topic: "a".repeat(256), qos: 1 }), "puback"],
      ["seven slashes", publish({ topic: "1/2/3/4/5/6/7/8", qos: 1 }), "puback"],
      ["128 KB", publish({ payload: Buffer.alloc(131_072), qos: 1 }), "puback"],
      ["basic ingest, which does not count", publish({ topic: "$aws/rules/r/1/2/3/4/5/6/7/8", qos: 1 }), "puback"],
      ["eight filters", subscribe(...Array.from({ length: 8 }, (_, at): [string] => [`f/${at}`])), "suback"],
      ["PINGREQ", { cmd: "pingreq" }, "pingresp"],
      ["UNSUBSCRIBE of what is not there", { cmd: "unsubscribe", messageId: 3, unsubscriptions: ["none"] }, "unsuback"],
    ];
    for (const [title, packet, answer] of rows) {
      it(title, async () => {
        const client = await RawClient.connected(cloud);
        await client.ask(packet, answer);
        client.close();
      });
    }
  });

  it("refuses single filters in SUBACK when told to", async () => {
    cloud.iot.mqtt.deniedSubscribe = "refuse";
    cloud.iot.policy.deny("iot:Subscribe", "topicfilter/denied");
    const client = await RawClient.connected(cloud);
    deepEqual((await client.ask(subscribe(["a", 1], ["denied", 1], ["b"]), "suback")).granted, [1, 128, 0]);
    deepEqual((await client.ask({ ...subscribe(["denied"]), messageId: 6 }, "suback")).granted, [128]);
    client.close();
  });

  it("delivers QoS 0 and 1 with the lower QoS, and never to whom the policy denies it", async () => {
    cloud.iot.policy.deny("iot:Receive", "topic/secret/*");
    const client = await RawClient.connected(cloud);
    await client.ask(subscribe(["a/+", 1], ["b", 0], ["secret/#", 1]), "suback");
    await cloud.iot.mqtt.publish("secret/1", "s", { qos: 1 });
    for (const [topic, qos] of [["a/1", 0], ["a/1", 1], ["b", 1]] as const) await cloud.iot.mqtt.publish(topic, `${topic} ${qos}`, { qos });
    await until(() => client.received.length >= 5, "three messages");
    await moment();
    const messages = client.received.flatMap((one) => (one.cmd === "publish" ? [`${one.payload} as ${one.qos}`] : []));
    deepEqual(messages.sort(), ["a/1 0 as 0", "a/1 1 as 1", "b 1 as 0"]);
    client.close();
  });

  it("loses no message that one of a lower QoS overtakes, and delivers one for overlapping filters", async () => {
    const client = await mqttClient(cloud);
    const messages = listen(client);
    await client.subscribeAsync(["a/+", "a/b"], { qos: 1 });
    const both = [cloud.iot.mqtt.publish("a/b", "1", { qos: 1 }), cloud.iot.mqtt.publish("a/b", "0", { qos: 0 })];
    await Promise.all(both);
    await moment();
    deepEqual(messages.map(([, text]) => text).sort(), ["0", "1"]);
    await client.endAsync();
  });

  const matches: [filter: string, topic: string, fits: boolean][] = [
    ["sensor/#", "sensor", false],
    ["sensor/#", "sensor/", true],
    ["sensor/#", "sensor/a/b", true],
    ["sensor/+", "sensor/a", true],
    ["sensor/+", "sensor/a/b", false],
    ["+/a", "/a", true],
    ["#", "x", true],
    ["#", "$aws/things/t/shadow/get", false],
    ["+/things/t/shadow/get", "$aws/things/t/shadow/get", false],
  ];
  for (const [filter, topic, fits] of matches) {
    it(`delivers ${topic} ${fits ? "" : "not "}to ${filter}`, async () => {
      const client = await mqttClient(cloud);
      const messages = listen(client);
      await client.subscribeAsync([filter, "last"]);
      await cloud.iot.mqtt.publish(topic, "1");
      await cloud.iot.mqtt.publish("last", "2");
      await until(() => messages.some(([, text]) => text === "2"), "the last message");
      await moment();
      equal(messages.filter(([, text]) => text === "1").length, fits ? 1 : 0);
      await client.endAsync(true);
    });
  }

  it("keeps retained messages, for exact filters only, until an empty one", async () => {
    const client = await mqttClient(cloud);
    const messages = listen(client);
    await client.publishAsync("kept/a", "old", { retain: true, qos: 1 });
    await client.subscribeAsync("kept/+");
    await moment();
    deepEqual(messages, []);
    await client.subscribeAsync("kept/a", { qos: 1 });
    await until(() => messages.length > 0, "the retained message");
    deepEqual(messages, [["kept/a", "old"]]);
    await client.subscribeAsync("kept/+");
    await moment();
    equal(messages.length, 1);
    await client.publishAsync("kept/a", "", { retain: true, qos: 1 });
    await until(() => messages.length > 1, "the empty one");
    messages.length = 0;
    await client.subscribeAsync("kept/a", { qos: 1 });
    await moment();
    deepEqual(messages, []);
    await client.endAsync(true);
  });

  it("closes the older of two connections of the same id", async () => {
    const first = await RawClient.connected(cloud);
    const second = await RawClient.connected(cloud);
    await until(() => first.closed, "the close");
    equal(lastReason(), "taken over by another connection");
    equal((await second.ask({ cmd: "pingreq" }, "pingresp")).cmd, "pingresp");
    deepEqual(cloud.iot.mqtt.clients(), ["board-17"]);
    second.close();
  });

  describe("publishes a will", () => {
    const will = { topic: "wills", payload: Buffer.from("gone"), qos: 0 as const, retain: false };
    const wills = () => cloud.iot.mqtt.messages.filter(({ topic }) => topic === "wills").length;
    const ends: [title: string, end: (client: RawClient) => void, published: number][] = [
      ["when the connection breaks", (client) => client.close(), 1],
      ["when the broker closes it", (client) => client.send(publish({ topic: "$mine" })), 1],
      ["not after DISCONNECT", (client) => client.socket.end(generate({ cmd: "disconnect" })), 0],
    ];
    for (const [title, end, published] of ends) {
      it(title, async () => {
        const before = wills();
        const client = await RawClient.connected(cloud, { will });
        end(client);
        await until(() => client.closed, "the close");
        if (published > 0) await until(() => wills() > before, "the will");
        else await moment();
        equal(wills() - before, published);
        if (published === 0) equal(lastReason(), "DISCONNECT");
      });
    }
  });

  describe("keeps alive", () => {
    const rows: [asked: number, seconds: number][] = [[0, 1800], [1, 45], [30, 45], [60, 90], [1200, 1800], [1201, 1800]];
    for (const [asked, seconds] of rows) it(`one that asks for ${asked} s for ${seconds} s of silence`, () => equal(longestSilence(asked), seconds));

    it("none that is silent longer", async () => {
      cloud.iot.mqtt.second = 5;
      const start = Date.now();
      const client = await RawClient.connected(cloud, { keepalive: 30 });
      await until(() => client.closed, "the close");
      ok(Date.now() - start >= 220);
      equal(lastReason(), "keep alive");
    });

    it("one that pings", async () => {
      cloud.iot.mqtt.second = 10;
      const client = await RawClient.connected(cloud, { keepalive: 30 });
      for (let at = 0; at < 5; at++) {
        await moment();
        await client.ask({ cmd: "pingreq" }, "pingresp");
      }
      client.close();
    });
  });

  describe("keeps a session", () => {
    /** How many messages wait for their PUBACK. */
    const sent = () => (cloud.iot.mqtt as unknown as { sent: Map<string, Set<number>> }).sent.get("board-17")?.size ?? 0;

    it("with subscriptions, and with what came meanwhile", async () => {
      const first = await RawClient.connected(cloud, { clean: false });
      await first.ask(subscribe(["a", 1], ["b", 0]), "suback");
      first.send({ cmd: "disconnect" });
      await until(() => cloud.iot.mqtt.clients().length === 0, "the end");
      await cloud.iot.mqtt.publish("a", "1", { qos: 1 });
      await cloud.iot.mqtt.publish("b", "0", { qos: 1 });
      const second = await RawClient.open(cloud);
      equal((await second.ask({ ...CONNECT, clean: false }, "connack")).sessionPresent, true);
      const message = await second.next("publish");
      deepEqual([message.payload.toString(), message.qos, message.dup], ["1", 1, false]);
      await moment();
      equal(second.received.length, 2);
      second.close();
    });

    it("and sends again with DUP what was not acknowledged", async () => {
      const first = await RawClient.connected(cloud, { clean: false });
      await first.ask(subscribe(["a", 1]), "suback");
      await cloud.iot.mqtt.publish("a", "1", { qos: 1 });
      const { messageId } = await first.next("publish");
      first.close();
      const second = await RawClient.connected(cloud, { clean: false });
      const again = await second.next("publish");
      deepEqual([again.messageId, again.dup], [messageId, true]);
      equal(sent(), 1);
      second.send({ cmd: "puback", messageId });
      await second.ask({ cmd: "pingreq" }, "pingresp");
      equal(sent(), 0);
      second.close();
      const third = await RawClient.connected(cloud, { clean: false });
      await moment();
      equal(third.received.length, 1);
      third.close();
    });

    it("and knows nothing of what an older one was sent", async () => {
      const first = await RawClient.connected(cloud);
      await first.ask(subscribe(["a", 1]), "suback");
      await cloud.iot.mqtt.publish("a", "1", { qos: 1 });
      await first.next("publish");
      equal(sent(), 1);
      (await RawClient.connected(cloud)).close();
      equal(sent(), 0);
    });

    const rows: [title: string, first: boolean, between: () => unknown, second: boolean, present: boolean][] = [
      ["even one without subscriptions", false, () => {}, false, true],
      ["but not over a clean one", false, () => {}, true, false],
      ["but none from a clean one", true, () => {}, false, false],
      ["until it runs out", false, () => cloud.iot.mqtt.forgetSession("board-17"), false, false],
    ];
    for (const [title, clean, between, cleanAgain, present] of rows) {
      it(title, async () => {
        const first = await RawClient.connected(cloud, { clean });
        first.close();
        await until(() => cloud.iot.mqtt.clients().length === 0, "the end");
        await between();
        const second = await RawClient.open(cloud);
        equal((await second.ask({ ...CONNECT, clean: cleanAgain }, "connack")).sessionPresent, present);
        second.close();
      });
    }

    it("that runs out loses its messages", async () => {
      const first = await RawClient.connected(cloud, { clean: false });
      await first.ask(subscribe(["a", 1]), "suback");
      first.close();
      await until(() => cloud.iot.mqtt.clients().length === 0, "the end");
      await cloud.iot.mqtt.publish("a", "1", { qos: 1 });
      await cloud.iot.mqtt.forgetSession("board-17");
      const second = await RawClient.connected(cloud, { clean: false });
      await cloud.iot.mqtt.publish("a", "2", { qos: 1 });
      await moment();
      equal(second.received.length, 1);
      second.close();
    });
  });

  describe("makes trouble on demand", () => {
    it("refuses with any code, as often as asked", async () => {
      cloud.iot.mqtt.faults.next({ kind: "refuse", code: 3 }, { skip: 1, times: 2 });
      const codes: number[] = [];
      for (let at = 0; at < 4; at++) {
        const client = await RawClient.open(cloud);
        codes.push((await client.ask(CONNECT, "connack")).returnCode);
        client.close();
      }
      deepEqual(codes, [0, 3, 3, 0]);
    });

    it("closes without CONNACK, for one client", async () => {
      cloud.iot.mqtt.faults.next({ kind: "refuse" }, { clientId: "b" });
      (await RawClient.connected(cloud)).close();
      await rejects(RawClient.connected(cloud, { clientId: "b" }), /closed before connack/);
    });

    it("delays CONNACK", async () => {
      cloud.iot.mqtt.faults.next({ kind: "delayConnack", milliseconds: 200 });
      const start = Date.now();
      (await RawClient.connected(cloud)).close();
      ok(Date.now() - start >= 195);
    });

    it("drops after packets, which are not done", async () => {
      cloud.iot.mqtt.faults.next({ kind: "drop", afterPackets: 2 });
      const client = await RawClient.connected(cloud);
      await client.ask(publish({ qos: 1, payload: "first" }), "puback");
      client.send(publish({ qos: 1, payload: "second" }));
      await until(() => client.closed, "the close");
      equal(cloud.iot.mqtt.messages.at(-1)?.payload.toString(), "first");
    });

    it("goes silent after packets", async () => {
      cloud.iot.mqtt.faults.next({ kind: "stall", afterPackets: 1 });
      const client = await RawClient.connected(cloud);
      client.send({ cmd: "pingreq" }, { cmd: "pingreq" });
      await moment();
      deepEqual([client.received.length, client.closed], [1, false]);
      client.close();
    });

    it("swallows acknowledgements, and the message is there all the same", async () => {
      cloud.iot.mqtt.faults.next({ kind: "swallow", packet: "puback" });
      const client = await RawClient.connected(cloud);
      client.send(publish({ qos: 1, payload: "unacknowledged" }));
      await until(() => cloud.iot.mqtt.messages.at(-1)?.payload.toString() === "unacknowledged", "the message");
      await moment();
      equal(client.received.length, 1);
      await client.ask(publish({ qos: 1, messageId: 8 }), "puback");
      client.close();
    });

    it("delivers twice, with another id and without DUP", async () => {
      cloud.iot.mqtt.faults.next({ kind: "duplicate" });
      const client = await RawClient.connected(cloud);
      await client.ask(subscribe(["a", 1]), "suback");
      await cloud.iot.mqtt.publish("a", "1", { qos: 1 });
      await until(() => client.received.length === 4, "two messages");
      const [one, two] = client.received.slice(2) as IPublishPacket[];
      deepEqual([one!.payload, one!.dup, two!.dup], [two!.payload, false, false]);
      ok(one!.messageId !== two!.messageId);
      client.send({ cmd: "puback", messageId: one!.messageId! }, { cmd: "puback", messageId: two!.messageId! });
      await client.ask({ cmd: "pingreq" }, "pingresp");
      client.close();
    });

    it("sends any bytes, and breaks the connection now", async () => {
      const client = await RawClient.connected(cloud);
      cloud.iot.mqtt.inject("board-17", generate({ cmd: "pingresp" }));
      await client.next("pingresp");
      cloud.iot.mqtt.drop("board-17");
      await until(() => client.closed, "the close");
    });
  });

  it("remembers every packet and message", async () => {
    const { packets, messages } = cloud.iot.mqtt;
    packets.length = 0;
    const client = await mqttClient(cloud);
    await client.publishAsync("seen", "x", { qos: 1 });
    await client.endAsync();
    await until(() => packets.length === 5, "the packets");
    deepEqual(packets.map(({ way, packet }) => `${way} ${packet.cmd}`), ["in connect", "out connack", "in publish", "out puback", "in disconnect"]);
    const { topic, payload, qos, retain, clientId } = messages.at(-1)!;
    deepEqual([topic, payload.toString(), qos, retain, clientId], ["seen", "x", 1, false, "board-17"]);
  });

  it("closes with the cloud, also while clients are connected", async () => {
    const other = await startCloud({ directory: cloud.certificates.directory });
    const client = await RawClient.connected(other);
    const closed = once(client.socket, "close");
    await other.close();
    await closed;
  });
});

/** Also packets that no client should be able to write. */
function raw(packet: Packet): Buffer {
  if (packet.cmd === "publish" && packet.topic.length > 0) {
    const id = packet.qos > 0 ? [0, packet.messageId!] : [];
    const topic = Buffer.from(packet.topic);
    const body = Buffer.concat([Buffer.from([topic.length >> 8, topic.length & 255]), topic, Buffer.from(id), Buffer.from(packet.payload)]);
    const length: number[] = [];
    let rest = body.length;
    do {
      length.push((rest & 127) | (rest > 127 ? 128 : 0));
      rest >>= 7;
    } while (rest > 0);
    return Buffer.concat([Buffer.from([0x30 | (packet.qos << 1) | (packet.retain ? 1 : 0), ...length]), body]);
  }
  return generate(packet);
}
