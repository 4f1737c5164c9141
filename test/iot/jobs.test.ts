// Rules of jobs: documents, results, refusals.
import assert from "node:assert/strict";
import { afterRefusal, executionOf, failureDetails, readOrder, readRecord, recordText, successDetails } from "../../src/iot/jobs";
import type { WorkRecord } from "../../src/iot/jobs";
import { describeVectors } from "../host/vectors";

const RECORD: WorkRecord = { id: "022", message: "", version: 2, starts: 1, asked: 0, status: "", details: {} };

describe("rules of jobs", () => {
  const orders: [document: any, order: object | RegExp][] = [
    [{ operation: "download", path: "a", key: "k" }, { operation: "download", path: "a", key: "k", url: "" }],
    [{ operation: "upload", path: "a", url: "https://x", more: 1 }, { operation: "upload", path: "a", key: "", url: "https://x" }],
    [undefined, /no object/], [null, /no object/], ["download", /no object/], [[], /no object/], [7, /no object/],
    [{}, /operation/], [{ operation: "ota", path: "a", key: "k" }, /operation/], [{ operation: ["download"], path: "a", key: "k" }, /operation/],
    [{ operation: "upload", key: "k" }, /path/], [{ operation: "upload", path: "", key: "k" }, /path/], [{ operation: "upload", path: 7, key: "k" }, /path/],
    [{ operation: "upload", path: "a" }, /either url or key/], [{ operation: "upload", path: "a", key: "k", url: "u" }, /either url or key/],
    [{ operation: "upload", path: "a", key: {} }, /either url or key/], [{ operation: "upload", path: "a", url: 7 }, /either url or key/],
  ];
  for (const [document, expected] of orders) {
    it(`reads ${JSON.stringify(document)}`, () => {
      const order = readOrder(document);
      if (expected instanceof RegExp) assert.match(order as string, expected);
      else assert.deepEqual(order, expected);
    });
  }

  it("details are texts of printable characters, none empty", () => {
    assert.deepEqual(successDetails({ size: 5, etag: "" }, 1.25), { bytes: "5", etag: "-", seconds: "1.3" });
    assert.deepEqual(failureDetails({ code: "s3", message: "a\n\u00fc" + "x".repeat(1000) }), { code: "s3", message: "a??" + "x".repeat(297) });
  });

  it("a record comes back; cut anywhere, or none, it is undefined", () => {
    const text = recordText(RECORD);
    assert.deepEqual(readRecord(text), RECORD);
    for (let end = 0; end < text.length; end++) assert.equal(readRecord(text.slice(0, end)), undefined, text.slice(0, end));
    for (const other of [undefined, "{}", '{"id":"a"}', "garbage}", "\xff".repeat(40)]) assert.equal(readRecord(other), undefined);
  });

  const refusals: [answer: any, does: string][] = [
    [{ code: "VersionMismatch", executionState: { status: "IN_PROGRESS", versionNumber: 4 } }, "again"],
    [{ code: "VersionMismatch", executionState: { status: "CANCELED", versionNumber: 4 } }, "forget"],
    [{ code: "VersionMismatch" }, "forget"],
    [{ code: "InvalidStateTransition", executionState: { status: "TIMED_OUT" } }, "forget"],
    [{ code: "TerminalStateReached" }, "forget"], [{ code: "ResourceNotFound" }, "forget"],
    [{ code: "RequestThrottled" }, "later"], [{ code: "InternalError" }, "later"],
    [{ code: "InvalidRequest" }, "stop"], [{ code: "InvalidJson" }, "stop"], [{ code: "InvalidTopic" }, "stop"], [{}, "stop"],
  ];
  for (const [answer, does] of refusals) it(`${JSON.stringify(answer)}: ${does}`, () => assert.equal(afterRefusal(answer), does));

  it("both forms of no job are none", () => {
    for (const answer of [{}, { execution: {} }, { execution: null }, { execution: { jobId: 7 } }, { timestamp: 1 }]) assert.equal(executionOf(answer), undefined);
  });
});

describeVectors("jobs as AWS documents them", "iot", ({ jobs }) => {
  it("every error has a consequence", () => {
    for (const code of jobs.errors) assert.ok(["forget", "later", "stop"].includes(afterRefusal({ code })), code);
    assert.equal(jobs.errors.filter((code: string) => afterRefusal({ code }) === "stop").join(), "InvalidTopic,InvalidJson,InvalidRequest");
  });
  it("its examples", () => {
    for (const { accepted, rejected } of jobs.examples) {
      if (accepted?.execution) assert.equal(executionOf(accepted).jobId, "022");
      else if (accepted) assert.equal(executionOf(accepted), undefined);
      if (rejected) assert.equal(afterRefusal(rejected), "again");
    }
    assert.match(readOrder(jobs.examples[0].accepted.execution.jobDocument) as string, /operation/);
  });
});
