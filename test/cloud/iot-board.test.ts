// A virtual board at the local IoT: what its tls.connect presents is asked for and checked.
import { deepEqual, equal } from "node:assert/strict";
import { generate } from "mqtt-packet";
import { cleanUp, boot, printed } from "../board/boards";
import { makeCertificate } from "../probes/certificates";
import { CONNECT } from "./iot-client";
import { startCloud, type Cloud } from "../../sim/cloud/index";
import { deviceRecords, deviceSettings } from "../../sim/desk";

const PACKET = generate(CONNECT);
const GET = "GET /things/board-17/shadow HTTP/1.1\r\nHost: iot\r\nConnection: close\r\n\r\n";

describe("A virtual board at the local IoT", function () {
  this.timeout(15_000);
  let cloud: Cloud;
  before(async () => (cloud = await startCloud()));
  after(() => cloud.close());
  afterEach(cleanUp);

  /** Boots a board, sends `bytes` with these records of its flash, and gives its lines. */
  async function send(port: number, bytes: string | Buffer, records: Record<string, Buffer>, profile: "esp32" | "linux"): Promise<string> {
    const storage = new Map(Object.entries(records).map(([name, data]): [string, string] => [name, data.toString("latin1")]));
    const online = profile === "esp32" ? "require('Wifi').connect('any', {}, function() { print('online'); })" : "print('online')";
    const board = await boot({ storage, profile, image: "process.on('uncaughtException', function(e) { print('uncaught', e.message); })" });
    board.run(online);
    await printed(board, "online");
    const names = { "ca.der": "ca", "cert.der": "cert", "key.der": "key" };
    const options = Object.entries(names).flatMap(([file, name]) => (storage.has(file) ? [`${name}: require('Storage').read('${file}')`] : []));
    board.run(`var s = require('tls').connect({host: '127.0.0.1', port: ${port}, ${options.join(", ")}}); s.write(atob('${Buffer.from(bytes).toString("base64")}'));
      s.on('data', function(d) { print('data', btoa(d.substr(0, 12))); }); s.on('error', function() {}); s.on('close', function() { print('closed'); });`);
    return printed(board, /^(data|closed)/);
  }

  for (const profile of ["esp32", "linux"] as const) {
    it(`${profile}: is let in with its certificate and key, by MQTT and by HTTPS`, async () => {
      const records = deviceRecords(cloud.describe());
      equal(await send(cloud.iot.mqtt.port, PACKET, records, profile), "data IAIAAA==");
      equal(await send(cloud.iot.rest.port, GET, records, profile), `data ${btoa("HTTP/1.1 404")}`);
    });

    it(`${profile}: is shut out without them, with half of them, or with others`, async () => {
      const { "ca.der": ca, "cert.der": cert } = deviceRecords(cloud.describe());
      const other = await makeCertificate("stranger", "rsa");
      const strange = { "cert.der": Buffer.from(other.der, "base64"), "key.der": Buffer.from(other.keyDer, "base64") };
      const { length } = cloud.iot.mqtt.packets;
      for (const records of [{ "ca.der": ca! }, { "ca.der": ca!, "cert.der": cert! }, { "ca.der": ca!, ...strange }]) {
        equal(await send(cloud.iot.mqtt.port, PACKET, records, profile), "closed");
      }
      equal(cloud.iot.mqtt.packets.length, length);
    });
  }

  it("is told by its settings where IoT is", async () => {
    const { iot } = deviceSettings(cloud.describe());
    deepEqual(iot, { endpoint: "127.0.0.1", port: cloud.iot.mqtt.port, restPort: cloud.iot.rest.port, thingName: "board-17" });
  });
});
