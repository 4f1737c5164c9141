// The client against brokers that are not ours, over mutual TLS: aedes, and mosquitto where it is installed.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCertificates, type Certificates } from "../../sim/cloud/certificates";
import type { Failure } from "../../src/flow/failure";
import type { MqttOptions } from "../../src/mqtt/link";
import { type AskedLink, connectMqtt } from "./connect";
import { createSession, type Session } from "../../src/mqtt/session";
import { nodePlatform } from "../host/nodeTls";
import { type Broker, mosquitto, startAedes, startMosquitto } from "./brokers";

let directory: string, certificates: Certificates;

before(async () => {
  directory = mkdtempSync(join(tmpdir(), "mqtt-"));
  certificates = await openCertificates({ directory, hosts: [], now: Date.now() });
});
after(() => rmSync(directory, { recursive: true, force: true }));

/** A client whose log can be waited for. */
class Client {
  readonly log: string[] = [];
  readonly failures: Failure[] = [];
  readonly session: Session;
  private readonly host;
  link!: AskedLink;

  constructor(private readonly port: number, name: string, identity = certificates.device) {
    this.session = createSession(name);
    this.host = nodePlatform({ ca: certificates.ca.pem, cert: identity.certificate.pem, key: identity.key.pem });
  }

  connect(options: Partial<MqttOptions> = {}): this {
    this.link = connectMqtt(this.host.platform, this.session, { host: "127.0.0.1", port: this.port, keepAlive: 60, clean: false, handshakeSeconds: 20, ...options }, {
      up: (present) => this.log.push("up " + present),
      down: (reason) => {
        if (reason) this.failures.push(reason);
        this.log.push("down" + (reason ? " " + reason.code : ""));
      },
    });
    return this;
  }

  note = (name: string) => (failed?: Failure, value?: unknown) => void this.log.push(`${name} ${failed ? failed.code : "ok"}${value === undefined ? "" : " " + value}`);

  listen(filter: string, qos: number): void {
    this.link.subscribe(filter, qos, (topic, payload, info) => void this.log.push(`${topic} ${payload} q${info.qos}${info.retain ? " retained" : ""}`), this.note("sub"));
  }

  publish(topic: string, payload: string, qos = 0, retain = false): void {
    this.link.publish({ topic, payload, qos, retain }, this.note("pub"));
  }

  /** The wire is cut. */
  cut(): void {
    for (const socket of this.host.sockets) socket.destroy();
  }

  async until(...lines: string[]): Promise<void> {
    for (const end = Date.now() + 10000; !lines.every((line) => this.log.includes(line)); ) {
      assert.ok(Date.now() < end, `never ${lines} in ${JSON.stringify(this.log)}`);
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  count = (line: string) => this.log.filter((one) => one === line).length;

  async bye(): Promise<void> {
    this.log.length = 0;
    this.link.disconnect();
    await this.until("down");
  }
}

function conversations(name: string, start: () => Promise<Broker>, missing: string | undefined): void {
  describe("MQTT with " + name + " over mutual TLS", function () {
    this.timeout(60000);
    if (missing) return void it("is left out: " + missing);
    let broker: Broker;
    before(async () => void (broker = await start()));
    after(() => broker?.stop());

    it("QoS 0, 1 and 2, both ways", async () => {
      const one = new Client(broker.port, "one").connect({ clean: true }), two = new Client(broker.port, "two").connect({ clean: true });
      one.listen("q/#", 2);
      two.listen("r/+", 1);
      await one.until("up false", "sub ok 2");
      await two.until("up false", "sub ok 1");
      for (const qos of [0, 1, 2]) two.publish("q/x", "to one", qos);
      for (const qos of [0, 1, 2]) one.publish("r/x", "to two", qos);
      await one.until("q/x to one q0", "q/x to one q1", "q/x to one q2");
      await two.until("r/x to two q0", "r/x to two q1");
      while (two.log.filter((line) => line.startsWith("r/x")).length < 3 || one.count("pub ok") < 3 || two.count("pub ok") < 3) await new Promise((done) => setTimeout(done, 5));
      // Which QoS the third has is the broker's affair: aedes does not lower it.
      assert.deepEqual([one.count("q/x to one q2"), two.log.filter((line) => line.startsWith("r/x")).length, two.count("pub ok"), one.count("pub ok")], [1, 3, 3, 3]);
      one.link.unsubscribe("q/#", one.note("unsub"));
      await one.until("unsub ok");
      two.publish("q/x", "late", 1);
      await one.bye();
      assert.deepEqual([one.log, one.session.incoming ?? [], one.session.outgoing], [["down"], [], []]);
      await two.bye();
    });

    it("retained messages, kept and cleared", async () => {
      const one = new Client(broker.port, "one").connect({ clean: true });
      one.publish("kept", "there", 1, true);
      await one.until("pub ok");
      one.listen("kept", 1);
      await one.until("kept there q1 retained");
      one.publish("kept", "", 1, true);
      await one.until("kept  q1");
      await one.bye();
      one.connect({ clean: true });
      one.listen("kept", 0);
      await one.until("sub ok 0");
      await new Promise((done) => setTimeout(done, 50));
      assert.equal(one.log.filter((line) => line.startsWith("kept")).length, 0);
      await one.bye();
    });

    it("MQTT-3.1.2-8 MQTT-3.14.4-3 the will is said when the wire is cut, not after a DISCONNECT", async () => {
      const watcher = new Client(broker.port, "watcher").connect({ clean: true });
      watcher.listen("will", 1);
      await watcher.until("sub ok 1");
      const one = new Client(broker.port, "willing").connect({ will: { topic: "will", payload: "gone", qos: 1 } });
      await one.until("up false");
      one.cut();
      await watcher.until("will gone q1");
      const two = new Client(broker.port, "willing").connect({ clean: true, will: { topic: "will", payload: "gone", qos: 1 } });
      await two.until("up false");
      await two.bye();
      await new Promise((done) => setTimeout(done, 100));
      assert.equal(watcher.count("will gone q1"), 1);
      await watcher.bye();
    });

    it("a session goes on: what came meanwhile is delivered, what was not acknowledged is sent again", async () => {
      const one = new Client(broker.port, "sleeper").connect(), two = new Client(broker.port, "two").connect({ clean: true });
      one.listen("s/#", 2);
      await one.until("sub ok 2");
      one.cut();
      await one.until("down mqtt-closed").catch(() => one.until("down connection-lost"));
      two.publish("s/1", "one", 1);
      two.publish("s/2", "two", 2);
      one.publish("s/3", "three", 2);
      await new Promise((done) => setTimeout(done, 50));
      one.connect();
      await one.until("up true", "s/1 one q1", "s/2 two q2", "s/3 three q2", "pub ok");
      for (let n = 0; n < 20; n++) {
        one.publish("s/n", "" + n, 1 + (n % 2));
        // Here and there in the middle of an exchange.
        await new Promise((done) => setTimeout(done, n % 4));
        one.cut();
        while (!one.log.at(-1)!.startsWith("down")) await new Promise((done) => setTimeout(done, 2));
        one.connect();
      }
      await one.until(...Array.from({ length: 20 }, (_, n) => `s/n ${n} q${1 + (n % 2)}`));
      await new Promise((done) => setTimeout(done, 100));
      for (let n = 1; n < 20; n += 2) assert.equal(one.count(`s/n ${n} q2`), 1, `QoS 2 message ${n}`);
      assert.deepEqual([one.session.outgoing, one.session.incoming ?? []], [[], []]);
      await one.bye();
      await two.bye();
      await new Client(broker.port, "sleeper").connect({ clean: true }).bye();
    });

    it("MQTT-3.1.4-2 another client with the same id takes over", async () => {
      const one = new Client(broker.port, "same").connect({ clean: true });
      await one.until("up false");
      const two = new Client(broker.port, "same").connect({ clean: true });
      await two.until("up false");
      while (!one.log.at(-1)!.startsWith("down")) await new Promise((done) => setTimeout(done, 5));
      assert.match(one.failures[0]!.code, /mqtt-closed|connection-lost/);
      await two.bye();
    });

    it("128 KB there and back, in pieces", async () => {
      const one = new Client(broker.port, "large").connect({ clean: true });
      const payload = Array.from({ length: 131072 }, (_, n) => String.fromCharCode((n * 7) & 255)).join("");
      const pieces: string[] = [];
      await new Promise<void>((done) => {
        one.link.subscribe("large", 2, (_topic, piece, info) => {
          pieces.push(piece);
          if (info.offset + piece.length === info.total) done();
        }, () => one.publish("large", payload, 2));
      });
      assert.ok(pieces.join("") === payload && pieces.length > 1);
      await one.until("pub ok");
      await one.bye();
    });

    it("MQTT-3.1.2-24 pings keep a quiet connection", async () => {
      const one = new Client(broker.port, "quiet").connect({ clean: true, keepAlive: 1 });
      await one.until("up false");
      await new Promise((done) => setTimeout(done, 3500));
      assert.deepEqual(one.log, ["up false"]);
      await one.bye();
    });

    it("no certificate, no connection", async () => {
      const one = new Client(broker.port, "stranger", { certificate: { pem: "" }, key: { pem: "" } } as never).connect({ clean: true });
      while (!one.log.length) await new Promise((done) => setTimeout(done, 5));
      assert.match(one.log[0]!, /down (handshake|mqtt-closed|connection-lost)/);
    });
  });
}

conversations("aedes", () => startAedes(certificates), undefined);
conversations("mosquitto", () => startMosquitto(certificates), mosquitto ? undefined : "mosquitto is neither on PATH nor in /usr/sbin");
