// AWS IoT Jobs where the service answers in another order than usual, refuses results, or memory is short: virtual board, local cloud.
import assert from "node:assert/strict";
import { JobError } from "../../sim/cloud/iot/jobs";
import type { Desk } from "../../sim/desk";
import { closeDesks, desk, said, until } from "./desks";

const DOWNLOAD = { operation: "download", path: "a.bin", key: "a" };

describe("AWS IoT Jobs out of the ordinary", function () {
  this.timeout(30000);
  afterEach(() => closeDesks());

  async function ready(): Promise<Desk> {
    const one = await desk();
    one.cloud.s3.put("a", Buffer.from("some bytes"));
    await one.command('device.configure({iot:{jobs:true,inbox:"board-17/in"}})');
    return one;
  }
  const create = (one: Desk, id: string, document: any) => one.cloud.iot.jobs.create(one.cloud.iot.thingName, id, document);
  const execution = (one: Desk, id: string) => one.cloud.iot.jobs.execution(one.cloud.iot.thingName, id)!;
  async function ended(one: Desk, id: string): Promise<any[]> {
    await until(() => !["QUEUED", "IN_PROGRESS"].includes(execution(one, id)?.status ?? "QUEUED"), 10000);
    return [execution(one, id).status, execution(one, id).statusDetails];
  }
  /** Looks at each request when the service has its answer, before that is sent. */
  function beforeAnswers(one: Desk, look: (operation: string) => void): void {
    const jobs = one.cloud.iot.jobs;
    const request = jobs.request.bind(jobs);
    jobs.request = (thing, operation, payload) => {
      const answer = request(thing, operation, payload);
      look(operation);
      return answer;
    };
  }
  const asked = (one: Desk, end: string) => one.cloud.iot.mqtt.messages.filter((message: any) => message.topic.endsWith(end)).map((message: any) => JSON.parse(String(message.payload)));

  it("a job that comes up before the answer that there is none", async () => {
    const one = await ready();
    let first = true;
    one.cloud.iot.jobs.answersAfter = 50;
    beforeAnswers(one, (operation) => {
      if (operation != "start-next" || !first) return;
      first = false;
      create(one, "022", DOWNLOAD);
    });
    await one.command("device.connect()");
    assert.equal((await ended(one, "022"))[0], "SUCCEEDED");
  });
  it("answers long after the notifications", async () => {
    const one = await ready();
    one.cloud.iot.jobs.answersAfter = 50;
    create(one, "022", DOWNLOAD);
    create(one, "023", DOWNLOAD);
    await one.command("device.connect()");
    for (const id of ["022", "023"]) assert.equal((await ended(one, id))[0], "SUCCEEDED");
    assert.equal(one.cloud.s3.requests.length, 2);
  });

  /** The service refuses results of 022, as long as they have details or always. */
  function refusing(one: Desk, always: boolean): void {
    const jobs = one.cloud.iot.jobs;
    const request = jobs.request.bind(jobs);
    jobs.request = (thing, operation, payload) => {
      if (operation === "022/update" && (always || JSON.parse(String(payload)).statusDetails)) throw new JobError("InvalidRequest", "no");
      return request(thing, operation, payload);
    };
  }
  it("a result that the service finds invalid is told without details", async () => {
    const one = await ready();
    refusing(one, false);
    create(one, "022", DOWNLOAD);
    create(one, "023", DOWNLOAD);
    await one.command("device.connect()");
    assert.deepEqual(await ended(one, "022"), ["SUCCEEDED", undefined]);
    assert.equal((await ended(one, "023"))[0], "SUCCEEDED");
    assert.equal(one.cloud.s3.requests.length, 2);
  });
  it("a job whose result is never taken is left, and those behind it are done", async () => {
    const one = await ready();
    refusing(one, true);
    for (const id of ["022", "023", "024"]) create(one, id, DOWNLOAD);
    await one.command("device.connect()");
    for (const id of ["023", "024"]) assert.equal((await ended(one, id))[0], "SUCCEEDED");
    assert.equal(execution(one, "022").status, "IN_PROGRESS");
    said(one, /job 022: it stays as it is; cancel it in AWS IoT/);
    assert.deepEqual(asked(one, "022/update").map((request) => Object.keys(request).length), [4, 2]);
    assert.equal(one.cloud.s3.requests.length, 3);
  });

  it("a document that does not fit into memory is REJECTED, and the next job is done", async () => {
    const one = await ready();
    one.board.run("process.memory=function(){return {usage:5850,total:6500,free:650}}");
    create(one, "022", { ...DOWNLOAD, more: Array(300).fill(1) });
    create(one, "023", DOWNLOAD);
    await one.command("device.connect()");
    const [status, details] = await ended(one, "022");
    assert.deepEqual([status, details.code], ["REJECTED", "memory"]);
    assert.match(details.message, /has \d+ bytes: too many for the memory that is left/);
    assert.equal((await ended(one, "023"))[0], "SUCCEEDED");
  });
  it("where nothing fits it does not ask without end", async () => {
    const one = await ready();
    create(one, "022", DOWNLOAD);
    one.board.run("process.memory=function(){return {usage:6400,total:6500,free:100}}");
    await one.command("device.connect()");
    await new Promise((done) => setTimeout(done, 1000));
    assert.deepEqual([asked(one, "start-next").length, asked(one, "$next/get").length], [1, 1]);
  });
  it("requests leave nothing in the session", async () => {
    const one = await ready();
    create(one, "022", DOWNLOAD);
    await one.command("device.connect()");
    assert.equal((await ended(one, "022"))[0], "SUCCEEDED");
    const sent = one.cloud.iot.mqtt.messages.filter((message: any) => /start-next$|update$/.test(message.topic));
    assert.ok(sent.length >= 2);
    for (const message of sent) assert.equal((message as any).qos, 0);
  });
});
