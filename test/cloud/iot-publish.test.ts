// Publishing to the local IoT by HTTPS.
import { deepEqual, equal, match } from "node:assert/strict";
import { listen, mqttClient, rest, until } from "./iot-client";
import { startCloud, type Cloud } from "../../sim/cloud/index";

describe("Publishing to the local IoT by HTTPS", function () {
  this.timeout(15_000);
  let cloud: Cloud;
  before(async () => (cloud = await startCloud()));
  after(() => cloud.close());
  afterEach(() => cloud.iot.policy.allow());

  it("reaches subscribers, byte by byte", async () => {
    const client = await mqttClient(cloud);
    const messages: [string, Buffer, number][] = [];
    client.on("message", (topic, payload, { qos }) => messages.push([topic, payload, qos]));
    await client.subscribeAsync("logs/#", { qos: 1 });
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    for (const target of ["/topics/logs%2Fa%20b?qos=1", "/topics/logs/c", "/topics/logs%2Fd?qos=0&retain=false"]) {
      const { status, body } = await rest(cloud, "POST", target, bytes);
      deepEqual([status, body.message], [200, "OK"]);
      match(body.traceId, /^[0-9a-f-]{36}$/);
    }
    await until(() => messages.length === 3, "three messages");
    deepEqual(messages, [["logs/a b", bytes, 1], ["logs/c", bytes, 0], ["logs/d", bytes, 0]]);
    await client.endAsync();
  });

  it("retains when asked to", async () => {
    equal((await rest(cloud, "POST", "/topics/kept?qos=1&retain=true", "old")).status, 200);
    const client = await mqttClient(cloud);
    const messages = listen(client);
    await client.subscribeAsync("kept");
    await until(() => messages.length > 0, "the retained message");
    deepEqual(messages, [["kept", "old"]]);
    await client.endAsync();
  });

  const rows: [title: string, method: string, target: string, body: string | Buffer, status: number, exception: string][] = [
    ["what the policy denies", "POST", "/topics/denied", "x", 403, "ForbiddenException"],
    ["to retain what the policy denies", "POST", "/topics/unretained?retain=true", "x", 403, "ForbiddenException"],
    ["QoS 2", "POST", "/topics/a?qos=2", "x", 400, "InvalidRequestException"],
    ["retain that is none", "POST", "/topics/a?retain=1", "x", 400, "InvalidRequestException"],
    ["a wildcard", "POST", "/topics/a%2F%23", "x", 400, "InvalidRequestException"],
    ["eight slashes", "POST", "/topics/1/2/3/4/5/6/7/8/9", "x", 400, "InvalidRequestException"],
    ["257 bytes of topic", "POST", `/topics/${"a".repeat(257)}`, "x", 400, "InvalidRequestException"],
    ["a reserved topic", "POST", "/topics/%24mine", "x", 400, "InvalidRequestException"],
    ["to retain on a reserved topic", "POST", "/topics/%24aws%2Fthings%2Ft%2Fshadow%2Fupdate?retain=true", "x", 400, "InvalidRequestException"],
    ["128 KB and a byte", "POST", "/topics/a", Buffer.alloc(131_073), 413, "RequestEntityTooLargeException"],
    ["a GET", "GET", "/topics/a", "", 405, "MethodNotAllowedException"],
  ];
  for (const [title, method, target, body, status, exception] of rows) {
    it(`refuses ${title}`, async () => {
      cloud.iot.policy.deny("iot:Publish", "topic/denied");
      cloud.iot.policy.deny("iot:RetainPublish", "topic/unretained");
      const { length } = cloud.iot.mqtt.messages;
      const reply = await rest(cloud, method, target, body);
      deepEqual([reply.status, reply.headers["x-amzn-errortype"], cloud.iot.mqtt.messages.length], [status, exception, length]);
    });
  }

  it("takes 128 KB", async () => equal((await rest(cloud, "POST", "/topics/a", Buffer.alloc(131_072))).status, 200));
});
