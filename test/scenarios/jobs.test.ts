// AWS IoT Jobs and messages with work, on the virtual board against the local cloud.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Desk } from "../../sim/desk";
import { closeDesks, desk, file, printed, said, signed, underWay, until } from "./desks";

const SIZE = 30000;

describe("AWS IoT Jobs", function () {
  this.timeout(60000);
  const urls: string[] = [];
  afterEach(() => closeDesks(() => urls.splice(0).map((url) => /X-Amz-Signature=(\w+)/.exec(url)![1]!)));

  /** A board that takes jobs and messages. */
  async function waiting(settings: object = {}, connected = true): Promise<Desk> {
    const one = await desk();
    await one.command(`device.configure(${JSON.stringify({ iot: { jobs: true, inbox: "board-17/in" }, ...settings })})`);
    if (connected) await connect(one);
    return one;
  }
  /** Until the broker knows the subscriptions. */
  async function connect(one: Desk): Promise<void> {
    const subscribed = () => one.cloud.iot.mqtt.packets.filter((each: any) => each.cmd === "subscribe" || each.packet?.cmd === "subscribe").length;
    const before = subscribed();
    await one.command("device.connect()");
    await until(() => subscribed() > before);
    await new Promise((done) => setTimeout(done, 100));
  }
  async function url(one: Desk, method: string, key: string, options: object = {}): Promise<string> {
    const made = await signed(one, method, key, options);
    urls.push(made);
    return made;
  }
  const execution = (one: Desk, id: string) => one.cloud.iot.jobs.execution(one.cloud.iot.thingName, id)!;
  const create = (one: Desk, id: string, document: any) => one.cloud.iot.jobs.create(one.cloud.iot.thingName, id, document);
  async function ended(one: Desk, id: string): Promise<any> {
    await until(() => !["QUEUED", "IN_PROGRESS"].includes(execution(one, id).status)).catch((late) => assert.fail(`${late} ${JSON.stringify(execution(one, id))}\n${one.board.output.join("\n")}\n${one.cloud.iot.mqtt.closings.join()}`));
    return [execution(one, id).status, execution(one, id).statusDetails];
  }
  function stored(one: Desk, key: string, size = SIZE): Buffer {
    const bytes = randomBytes(size);
    one.cloud.s3.put(key, bytes);
    return bytes;
  }
  const onCard = (one: Desk, name: string) => readFileSync(join(one.card, name));
  /** No record is left, and no module but those of an idle link is loaded. */
  async function idle(one: Desk): Promise<void> {
    await until(() => one.cloud.iot.mqtt.clients().length === 1);
    await new Promise((done) => setTimeout(done, 100));
    assert.equal(await one.command('require("Storage").list().filter(function(n){return n=="job"||n.substr(0,3)=="in."||n.substr(0,2)=="q."}).join()'), "");
  }
  /** Waits until some of a file is on the card. */
  const coming = (one: Desk) => until(() => readdirSync(one.card).some((name) => statSync(join(one.card, name)).size > 100_000));
  const asked = (one: Desk, topic: string) => one.cloud.iot.mqtt.messages.filter((message: any) => message.topic.endsWith(topic)).length;

  for (const slots of [1, 2]) {
    for (const by of ["url", "key"]) {
      it(`download by ${by}, ${slots} TLS slot${slots > 1 ? "s" : ""}`, async () => {
        const one = await waiting({ tls: { slots } });
        const bytes = stored(one, "fw/app 1.bin");
        create(one, "022", { operation: "download", path: "app.bin", ...(by === "url" ? { url: await url(one, "GET", "fw/app 1.bin") } : { key: "fw/app 1.bin" }) });
        const [status, details] = await ended(one, "022");
        assert.deepEqual([status, details.bytes, /^\d+\.\d$/.test(details.seconds), details.etag.length], ["SUCCEEDED", String(SIZE), true, 34]);
        assert.ok(onCard(one, "app.bin").equals(bytes));
        await idle(one);
        assert.equal(printed(one, /job 022/), by === "url" ? 1 : 2, one.board.output.join("\n"));
        assert.equal((await one.command("device.status()")).iot.connects, slots === 1 ? 2 : 1);
      });
      it(`upload by ${by}, ${slots} TLS slot${slots > 1 ? "s" : ""}`, async () => {
        const one = await waiting({ tls: { slots } });
        const bytes = file(one, "log.txt", SIZE);
        create(one, "022", { operation: "upload", path: "log.txt", ...(by === "url" ? { url: await url(one, "PUT", "logs/log.txt") } : { key: "logs/log.txt" }) });
        const [status, details] = await ended(one, "022");
        assert.deepEqual([status, details.bytes], ["SUCCEEDED", String(SIZE)]);
        assert.ok(one.cloud.s3.get("logs/log.txt")!.equals(bytes));
        await idle(one);
      });
    }
  }
  it("two in a row that waited for the board, then one more", async () => {
    const one = await waiting({}, false);
    const bytes = ["a", "b", "c"].map((key) => stored(one, key));
    for (const key of ["a", "b"]) create(one, "job-" + key, { operation: "download", path: key, key });
    await one.command("device.connect()");
    await ended(one, "job-b");
    create(one, "job-c", { operation: "download", path: "c", key: "c" });
    await ended(one, "job-c");
    for (const [i, key] of ["a", "b", "c"].entries()) {
      assert.equal(execution(one, "job-" + key).status, "SUCCEEDED");
      assert.ok(onCard(one, key).equals(bytes[i]!));
    }
    assert.equal(one.cloud.s3.requests.length, 3);
    await idle(one);
  });

  const refused: [what: string, document: any, status: string, details: object][] = [
    ["an unknown operation", { operation: "ota", path: "a", key: "a" }, "REJECTED", { code: "argument", message: "the operation is not download, upload or update" }],
    ["no object", ["download"], "REJECTED", { code: "argument", message: "the document is no object, or longer than 4096 bytes with all around it" }],
    ["a document that is too long", { operation: "download", path: "a", key: "a", more: "x".repeat(20000) }, "REJECTED", { code: "argument", message: "the document is no object, or longer than 4096 bytes with all around it" }],
    ["neither key nor url", { operation: "upload", path: "a" }, "REJECTED", { code: "argument", message: "either url or key says where the object is, as a text" }],
    ["a URL without TLS", { operation: "upload", path: "a", url: "http://a/b?X-Amz-Signature=5ecret" }, "FAILED", { code: "argument", message: "The URL does not begin with https://" }],
    ["a file that is not there", { operation: "upload", path: "none.txt", key: "a" }, "FAILED", { code: "file-missing" }],
    ["a directory", { operation: "upload", path: "logs/", key: "a" }, "FAILED", { code: "argument" }],
    ["an object that is not there", { operation: "download", path: "none.txt", key: "none" }, "FAILED", { code: "s3" }],
  ];
  for (const [what, document, status, details] of refused) {
    it(`${what}: ${status}, and the next job is done`, async () => {
      const one = await waiting();
      stored(one, "next");
      create(one, "bad", document);
      create(one, "good", { operation: "download", path: "next", key: "next" });
      const [ends, told] = await ended(one, "bad");
      assert.equal(ends, status);
      assert.deepEqual({ ...told, ...details }, told);
      assert.ok(!JSON.stringify(told).includes("5ecret"));
      assert.equal((await ended(one, "good"))[0], "SUCCEEDED");
      await idle(one);
    });
  }

  for (const [expired, status] of [[1, "SUCCEEDED"], [2, "SUCCEEDED"], [9, "FAILED"]] as const) {
    it(`a URL that is over is asked for again: ${expired} times, ${status}`, async () => {
      const one = await waiting();
      const bytes = stored(one, "a");
      const good = await url(one, "GET", "a"), old = await url(one, "GET", "a", { time: Date.now() - 700000 });
      let given = 0;
      // The check of its length and the notification take one each.
      create(one, "022", () => ({ operation: "download", path: "a.bin", url: ++given <= expired + 2 ? old : good }));
      const [ends, details] = await ended(one, "022");
      assert.equal(ends, status, JSON.stringify(details));
      if (status === "SUCCEEDED") assert.ok(onCard(one, "a.bin").equals(bytes));
      else assert.equal(details.code, "url-expired");
      assert.equal(asked(one, "$next/get"), Math.min(expired, 2));
      assert.ok(!JSON.stringify(details).includes("X-Amz"));
      await idle(one);
    });
  }
  it("a URL that only S3 knows to be over is asked for again", async () => {
    const one = await waiting();
    stored(one, "a");
    one.cloud.s3.setOffset(1000);
    const old = await url(one, "GET", "a");
    let given = 0;
    create(one, "022", () => {
      // S3's clock is right again when a new URL is asked for.
      if (++given === 4) one.cloud.s3.setOffset(0);
      return { operation: "download", path: "a.bin", url: old };
    });
    assert.equal((await ended(one, "022"))[0], "SUCCEEDED");
    assert.equal(asked(one, "$next/get"), 1);
  });

  for (const how of ["CANCELED", "TIMED_OUT", "REMOVED"] as const) {
    it(`${how} while the file comes: the result is dropped, and the next job is done`, async () => {
      const one = await waiting();
      stored(one, "a", 5000000);
      create(one, "022", { operation: "download", path: "a.bin", key: "a" });
      create(one, "023", { operation: "upload", path: "a.bin", key: "b" });
      await coming(one);
      one.cloud.iot.jobs.end(one.cloud.iot.thingName, "022", how);
      await ended(one, "023");
      assert.equal(execution(one, "022").status, how);
      said(one, /job 022: AWS IoT does not take the result \(InvalidStateTransition|VersionMismatch\)/);
      await idle(one);
    });
  }
  it("somebody else wrote to the execution: the result is told with the new version", async () => {
    const one = await waiting();
    stored(one, "a", 5000000);
    create(one, "022", { operation: "download", path: "a.bin", key: "a" });
    await coming(one);
    one.cloud.iot.jobs.request(one.cloud.iot.thingName, "022/update", Buffer.from('{"status":"IN_PROGRESS"}'));
    assert.equal((await ended(one, "022"))[0], "SUCCEEDED");
    await idle(one);
  });
  it("power cut while the file comes: goes on after the next connection, with a new URL", async () => {
    const one = await waiting();
    const bytes = stored(one, "a", 5000000);
    let given = 0;
    create(one, "022", () => (given++, { operation: "download", path: "a.bin", key: "a" }));
    await coming(one);
    one.board.powerCycle();
    assert.equal(execution(one, "022").status, "IN_PROGRESS");
    // Nobody sets the clock: the job does.
    await one.command("device.connect()");
    assert.equal((await ended(one, "022"))[0], "SUCCEEDED");
    assert.ok(onCard(one, "a.bin").equals(bytes));
    await idle(one);
  });
  it("power cut after the file came: the result is told after the next connection, and nothing is moved again", async () => {
    const one = await waiting();
    stored(one, "a");
    create(one, "022", { operation: "download", path: "a.bin", key: "a" });
    await until(() => /"SUCCEEDED"/.test(one.board.run('require("Storage").read("job")||""') as string));
    one.board.powerCycle();
    await one.command("device.syncTime()");
    await one.command("device.connect()");
    assert.equal((await ended(one, "022"))[0], "SUCCEEDED");
    assert.equal(one.cloud.s3.requests.length, 1);
    await idle(one);
  });
  it("a job that ends every run of the board is given up", async () => {
    const one = await waiting();
    stored(one, "a", 5000000);
    create(one, "022", { operation: "download", path: "a.bin", url: await url(one, "GET", "a") });
    for (let i = 0; i < 3; i++) {
      await until(() => one.cloud.s3.requests.length > i);
      one.board.powerCycle();
      await one.command("device.connect()");
    }
    const [status, details] = await ended(one, "022");
    assert.deepEqual([status, details.message], ["FAILED", "The board was reset 3 times while it did this"]);
    await idle(one);
  });
  it("a service in trouble is asked again", async function () {
    const one = await waiting({}, false);
    stored(one, "a");
    create(one, "022", { operation: "download", path: "a.bin", key: "a" });
    one.cloud.iot.jobs.next("RequestThrottled");
    await one.command("device.connect()");
    await until(() => asked(one, "start-next") === 1);
    await new Promise((done) => setTimeout(done, 200));
    assert.equal(execution(one, "022").status, "QUEUED");
    await until(() => asked(one, "start-next") === 2, 40000);
    assert.equal((await ended(one, "022"))[0], "SUCCEEDED");
  });
  it("is switched off with the next connection", async () => {
    const one = await waiting();
    await one.command("device.disconnect()");
    await one.command("device.configure({iot:{jobs:null,inbox:null}})");
    await one.command("device.connect()");
    stored(one, "a");
    create(one, "022", { operation: "download", path: "a.bin", key: "a" });
    await new Promise((done) => setTimeout(done, 300));
    assert.equal(execution(one, "022").status, "QUEUED");
  });
  it("a transfer of the user's goes first", async () => {
    const one = await waiting({ tls: { slots: 2 } });
    stored(one, "a");
    file(one, "log.txt", 5000000);
    const sent = one.command('device.put("log.txt")');
    await underWay(one);
    create(one, "022", { operation: "download", path: "a.bin", key: "a" });
    await sent;
    assert.equal((await ended(one, "022"))[0], "SUCCEEDED");
  });

  /** Sends a message, and gives what the board answered. */
  async function message(one: Desk, text: string, answers = 1): Promise<any[]> {
    one.cloud.iot.mqtt.publish("board-17/in", text, { qos: 1 });
    return results(one, answers);
  }
  async function results(one: Desk, answers: number): Promise<any[]> {
    const came = () => one.cloud.iot.mqtt.messages.filter((each: any) => each.topic === "board-17/in/result");
    await until(() => came().length >= answers).catch((late) => assert.fail(`${late}\n${one.board.output.join("\n")}`));
    return came().map((each: any) => JSON.parse(String(each.payload)));
  }
  it("a message brings a URL for PUT, and gets its result", async () => {
    const one = await waiting();
    const bytes = file(one, "log.txt", SIZE);
    const [result] = await message(one, JSON.stringify({ id: 7, operation: "upload", path: "log.txt", url: await url(one, "PUT", "logs/a") }));
    assert.deepEqual([result.id, result.status, result.operation, result.path, result.bytes], [7, "SUCCEEDED", "upload", "log.txt", String(SIZE)]);
    assert.ok(one.cloud.s3.get("logs/a")!.equals(bytes));
    await idle(one);
  });
  it("without jobs: messages one after the other, whatever is wrong with one", async () => {
    const one = await waiting({ iot: { inbox: "board-17/in" } });
    const bytes = stored(one, "a");
    one.cloud.iot.mqtt.publish("board-17/in", "garbage", { qos: 1 });
    one.cloud.iot.mqtt.publish("board-17/in", "x".repeat(9000), { qos: 1 });
    one.cloud.iot.mqtt.publish("board-17/in", "", { qos: 1 });
    const all = await message(one, JSON.stringify({ operation: "download", path: "a.bin", key: "a" }), 4);
    assert.deepEqual(all.map((result) => result.status).sort(), ["REJECTED", "REJECTED", "REJECTED", "SUCCEEDED"]);
    assert.ok(onCard(one, "a.bin").equals(bytes));
    await idle(one);
  });
  it("a message survives a power cut", async () => {
    const one = await waiting();
    const bytes = stored(one, "a", 5000000);
    one.cloud.iot.mqtt.publish("board-17/in", JSON.stringify({ operation: "download", path: "a.bin", url: await url(one, "GET", "a") }), { qos: 1 });
    await coming(one);
    one.board.powerCycle();
    await one.command("device.connect()");
    const [result] = await results(one, 1);
    assert.equal(result.status, "SUCCEEDED");
    assert.ok(onCard(one, "a.bin").equals(bytes));
    await idle(one);
  });
  it("a job and a message at once", async () => {
    const one = await waiting();
    stored(one, "a");
    stored(one, "b");
    create(one, "022", { operation: "download", path: "a.bin", key: "a" });
    await message(one, JSON.stringify({ operation: "download", path: "b.bin", key: "b" }));
    assert.equal((await ended(one, "022"))[0], "SUCCEEDED");
    assert.ok(existsSync(join(one.card, "b.bin")));
    await idle(one);
  });
  it("without the settings nothing of it is loaded, subscribed to or asked", async () => {
    const one = await desk();
    create(one, "022", { operation: "download", path: "a.bin", key: "a" });
    await one.command("device.connect()");
    await new Promise((done) => setTimeout(done, 200));
    assert.deepEqual([asked(one, "start-next"), (await one.command("device.status()")).iot.subscriptions], [0, 0]);
  });
});
