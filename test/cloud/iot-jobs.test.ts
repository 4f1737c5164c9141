// The job service of the local IoT.
import { deepEqual, equal, throws } from "node:assert/strict";
import type { MqttClient } from "mqtt";
import { listen, moment, mqttClient, until } from "./iot-client";
import { describeVectors } from "../host/vectors";
import { startCloud, type Cloud } from "../../sim/cloud/index";

describe("The local IoT's jobs", function () {
  this.timeout(15_000);
  const NOW = 1_489_088_524_000;
  const SECONDS = NOW / 1000;
  let cloud: Cloud;
  let client: MqttClient;
  let messages: [string, string][];
  let now = NOW;
  let thing: string;
  let count = 0;
  before(async () => {
    cloud = await startCloud({ now: () => now });
    client = await mqttClient(cloud);
    messages = listen(client);
    await client.subscribeAsync(["$aws/things/+/jobs/notify", "$aws/things/+/jobs/notify-next"]);
  });
  after(async () => {
    await client.endAsync();
    await cloud.close();
  });
  beforeEach(() => {
    now = NOW;
    thing = `thing-${++count}`;
    messages.length = 0;
  });
  /** Asks, and gives the answer with its kind. */
  const ask = async (operation: string, request: object | string = {}): Promise<any> => {
    messages.length = 0;
    const topic = `$aws/things/${thing}/jobs/${operation}`;
    await client.publishAsync(topic, typeof request === "string" ? request : JSON.stringify(request), { qos: 1 });
    const answer = () => messages.find(([own]) => own === `${topic}/accepted` || own === `${topic}/rejected`);
    await until(() => answer() !== undefined, "an answer");
    const [own, text] = answer()!;
    return { kind: own.slice(topic.length + 1), ...JSON.parse(text) };
  };
  const heard = async () => {
    await moment();
    const all = messages.flatMap(([topic, text]) => (/notify/.test(topic) ? [[topic.replace(/.*\//, ""), JSON.parse(text)]] : []));
    messages.length = 0;
    return all as [string, any][];
  };
  const create = async (...ids: string[]) => {
    for (const id of ids) cloud.iot.jobs.create(thing, id, { operation: id });
    await heard();
  };
  const summary = (jobId: string, versionNumber = 1, more = {}) => ({ jobId, queuedAt: SECONDS, ...more, lastUpdatedAt: SECONDS, versionNumber, executionNumber: 1 });

  it("tell of new ones, and of the next", async () => {
    cloud.iot.jobs.create(thing, "one", { operation: "download" });
    deepEqual(await heard(), [
      ["notify", { jobs: { QUEUED: [summary("one")] }, timestamp: SECONDS }],
      ["notify-next", { execution: { thingName: thing, jobDocument: { operation: "download" }, status: "QUEUED", ...summary("one") }, timestamp: SECONDS }],
    ]);
    cloud.iot.jobs.create(thing, "two", {});
    deepEqual((await heard()).map(([kind]) => kind), ["notify"]);
    await ask("one/update", { status: "SUCCEEDED" });
    deepEqual((await heard()).map(([kind, { execution }]) => [kind, execution?.jobId]), [["notify", undefined], ["notify-next", "two"]]);
    await ask("two/update", { status: "IN_PROGRESS" });
    deepEqual(await heard(), []);
    cloud.iot.jobs.end(thing, "two");
    deepEqual(await heard(), [["notify", { jobs: {}, timestamp: SECONDS }], ["notify-next", { execution: {}, timestamp: SECONDS }]]);
    equal(cloud.iot.jobs.execution(thing, "two")!.status, "CANCELED");
  });

  it("answer only who asks, and without a subscription", async () => {
    await create("one");
    const other = await mqttClient(cloud, { clientId: "other" });
    const heardThere = listen(other);
    await other.subscribeAsync("$aws/things/+/jobs/#");
    await ask("get");
    await moment();
    deepEqual(heardThere.map(([topic]) => topic), [`$aws/things/${thing}/jobs/get`]);
    await other.endAsync();
  });

  it("list what is pending", async () => {
    await create("a", "b", "c");
    await ask("start-next");
    deepEqual(await ask("get", { clientToken: "t" }), {
      kind: "accepted", clientToken: "t", timestamp: SECONDS,
      inProgressJobs: [summary("a", 2, { startedAt: SECONDS })], queuedJobs: [summary("b"), summary("c")],
    });
    deepEqual((await ask("get", "")).kind, "accepted");
  });

  it("start the next, give the same again, and nothing when there is none", async () => {
    await create("a", "b");
    now += 5000;
    const started = await ask("start-next", { statusDetails: { step: "begin" }, stepTimeoutInMinutes: 5, clientToken: "c-1" });
    deepEqual(started, {
      kind: "accepted", clientToken: "c-1", timestamp: SECONDS + 5,
      execution: {
        jobId: "a", thingName: thing, jobDocument: { operation: "a" }, status: "IN_PROGRESS", statusDetails: { step: "begin" },
        queuedAt: SECONDS, startedAt: SECONDS + 5, lastUpdatedAt: SECONDS + 5, versionNumber: 2, executionNumber: 1,
      },
    });
    deepEqual((await ask("start-next", { clientToken: "c-1" })).execution, started.execution);
    await ask("a/update", { status: "SUCCEEDED" });
    await ask("b/update", { status: "REJECTED" });
    deepEqual(await ask("start-next"), { kind: "accepted", timestamp: SECONDS + 5 });
    deepEqual(await ask("$next/get"), { kind: "accepted", timestamp: SECONDS + 5 });
  });

  it("describe one by its id and as the next, with its document or without", async () => {
    await create("a", "b");
    deepEqual((await ask("b/get")).execution, { thingName: thing, jobDocument: { operation: "b" }, status: "QUEUED", ...summary("b") });
    deepEqual((await ask("$next/get", { includeJobDocument: false })).execution, { thingName: thing, status: "QUEUED", ...summary("a") });
    await ask("b/update", { status: "IN_PROGRESS" });
    equal((await ask("$next/get")).execution.jobId, "b");
  });

  it("make the document anew at every delivery when it is a function", async () => {
    let made = 0;
    cloud.iot.jobs.create(thing, "fresh", () => ({ url: `https://presigned/${++made}` }));
    await heard();
    const first = (await ask("fresh/get")).execution.jobDocument.url;
    const second = (await ask("fresh/get")).execution.jobDocument.url;
    equal(Number(second.split("/").pop()), Number(first.split("/").pop()) + 1);
  });

  it("take updates, with what is asked for in the answer", async () => {
    await create("a");
    deepEqual(await ask("a/update", { status: "IN_PROGRESS", expectedVersion: 1, statusDetails: { percent: "10" }, clientToken: "u" }), { kind: "accepted", clientToken: "u", timestamp: SECONDS });
    deepEqual(await ask("a/update", { status: "IN_PROGRESS", expectedVersion: "2", includeJobExecutionState: true, includeJobDocument: true }), {
      kind: "accepted", timestamp: SECONDS, jobDocument: { operation: "a" }, executionState: { status: "IN_PROGRESS", statusDetails: { percent: "10" }, versionNumber: 3 },
    });
    await ask("a/update", { status: "SUCCEEDED", statusDetails: { done: "1" } });
    const { status, statusDetails, versionNumber } = cloud.iot.jobs.execution(thing, "a")!;
    deepEqual([status, statusDetails, versionNumber], ["SUCCEEDED", { done: "1" }, 4]);
  });

  const long = "x".repeat(1025);
  const rows: [title: string, operation: string, request: object | string, code: string, state?: object][] = [
    ["another version", "a/update", { status: "FAILED", expectedVersion: 1 }, "VersionMismatch", { status: "IN_PROGRESS", versionNumber: 2 }],
    ["a change of what has ended", "done/update", { status: "IN_PROGRESS" }, "InvalidStateTransition", { status: "SUCCEEDED", versionNumber: 2 }],
    ["to describe what has ended", "done/get", {}, "TerminalStateReached"],
    ["a job that is not there", "none/get", {}, "ResourceNotFound"],
    ["a change of a job that is not there", "none/update", { status: "FAILED" }, "ResourceNotFound"],
    ["another execution", "a/get", { executionNumber: 2 }, "ResourceNotFound"],
    ["a status that only the cloud gives", "a/update", { status: "CANCELED" }, "InvalidRequest"],
    ["no status", "a/update", {}, "InvalidRequest"],
    ["details that are no texts", "a/update", { status: "FAILED", statusDetails: { percent: 1 } }, "InvalidRequest"],
    ["details that are too long", "a/update", { status: "FAILED", statusDetails: { a: long } }, "InvalidRequest"],
    ["eleven details", "start-next", { statusDetails: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`d${at}`, "x"])) }, "InvalidRequest"],
    ["a token that is none", "get", { clientToken: "a b" }, "InvalidRequest"],
    ["text that is no JSON", "get", "{", "InvalidJson"],
    ["JSON that is no object", "get", "[]", "InvalidRequest"],
    ["an operation that is none", "a/stop", {}, "InvalidTopic"],
    ["an update of $next", "$next/update", { status: "FAILED" }, "InvalidTopic"],
  ];
  for (const [title, operation, request, code, executionState] of rows) {
    it(`reject ${title}`, async () => {
      await create("done", "a");
      await ask("done/update", { status: "SUCCEEDED" });
      await ask("start-next");
      const { kind, message, ...rejected } = await ask(operation, request);
      equal(kind, "rejected");
      deepEqual(rejected, { code, timestamp: SECONDS, ...(executionState && { executionState }) });
      equal(typeof message, "string");
    });
  }

  it("reject on demand, with the token", async () => {
    cloud.iot.jobs.next("RequestThrottled");
    const { code, clientToken } = await ask("get", { clientToken: "t" });
    deepEqual([code, clientToken], ["RequestThrottled", "t"]);
    equal((await ask("get")).kind, "accepted");
  });

  it("let a test create only what AWS would", () => {
    const { jobs } = cloud.iot;
    throws(() => jobs.create(thing, "a b", {}), /job id/);
    throws(() => jobs.create(thing, "large", "x".repeat(32_768)), /32 KB/);
    jobs.create(thing, "twice", {});
    throws(() => jobs.create(thing, "twice", {}), /There is a job/);
    throws(() => jobs.end(thing, "none"), /no job/);
  });

  describeVectors("agree with the vectors", "iot", ({ jobs }) => {
    it("on their examples, member by member", async () => {
      const [start, done, mismatch] = jobs.examples;
      thing = "MyThing";
      cloud.iot.jobs.create(thing, "022", start.accepted.execution.jobDocument);
      await heard();
      const shape = (value: any): any => (typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([name, own]) => [name, shape(own)])) : typeof value);
      const members = ({ kind, ...answer }: any) => Object.keys(shape(answer)).sort();
      const started = await ask("start-next", start.publish);
      // AWS gives statusDetails back, and startedAt; the example leaves them out.
      const { statusDetails, startedAt, ...execution } = started.execution;
      deepEqual(shape(execution), shape(start.accepted.execution));
      deepEqual(members(started), Object.keys(start.accepted).sort());
      deepEqual(members(await ask("022/update", mismatch.publish)), Object.keys(mismatch.rejected).sort());
      const rejected = await ask("022/update", mismatch.publish);
      deepEqual([rejected.code, rejected.executionState.status, rejected.executionState.versionNumber], ["VersionMismatch", "IN_PROGRESS", 2]);
      deepEqual(members(await ask("022/update", done.publish)), Object.keys(done.accepted).sort());
    });

    it("on the errors", () => {
      const seen = new Set(rows.map(([, , , code]) => code));
      deepEqual(jobs.errors.filter((code: string) => !seen.has(code)), ["InternalError", "RequestThrottled"]);
    });

    it("on the topics", async () => {
      for (const [topic, role] of jobs.topics) {
        for (const one of topic.includes("|") ? ["accepted", "rejected"].map((kind) => topic.replace("accepted|rejected", kind)) : [topic]) {
          const own = one.replace("THING", thing).replace("JOBID", "j");
          if (role === "publish") await client.publishAsync(own, "{}", { qos: 1 });
          else await client.subscribeAsync(own);
        }
      }
    });
  });
});
