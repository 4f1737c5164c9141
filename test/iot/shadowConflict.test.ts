// What is sent after a version conflict of a shadow.
import assert from "node:assert/strict";
import { failure } from "../../src/flow/failure";
import type { ShadowRequest } from "../../src/iot/shadow";
import { changeOf } from "../../src/iot/shadowConflict";
import { merge } from "../../sim/cloud/iot/shadow-document";
import { describeVectors } from "../host/vectors";

const request = (state: unknown): ShadowRequest => ({ what: "shadow.report", verb: "update", thing: "t", name: "", body: JSON.stringify({ state }) });
const refused = (status: number) => Object.assign(failure("iot", "m", "h"), { cause: { status, code: "", message: "", requestId: "" } });
/** Bytes that the shadow would have, by the failure's own words; 0 if it fits. */
const size = (state: unknown, shadow: unknown): number => {
  const told = changeOf(request(state), undefined, { state: shadow, version: 1 });
  return typeof told === "string" ? 0 : Number(/\d+/.exec(told.message));
};

describeVectors("merged shadows", "iot", ({ shadowMerge }) => {
  for (const { before, update, after, note } of shadowMerge) {
    it(`${JSON.stringify(update)} in ${JSON.stringify(before)}: ${note}`, () => {
      const state = structuredClone(before);
      const told = changeOf(request(update), undefined, { state, version: 7 });
      assert.equal(told, JSON.stringify({ state: update, version: 7 }));
      // A half without members is as good as none.
      assert.deepEqual(Object.fromEntries(Object.entries(state).filter(([, half]) => Object.keys(half as object).length)), after);
    });
  }
});

describe("a change of a shadow after a conflict", () => {
  it("only what is to change goes, with the version that was read", () => {
    assert.equal(changeOf(request({ reported: { led: "on" } }), undefined, { state: { reported: { led: "off", other: 1 } }, version: 12 }), '{"state":{"reported":{"led":"on"}},"version":12}');
  });
  it("a half that is null takes it away", () => {
    const shadow = { state: { reported: { a: 1 }, desired: { b: 1 } }, version: 1 };
    changeOf(request({ reported: null }), undefined, shadow);
    assert.deepEqual(shadow.state, { desired: { b: 1 } });
  });

  const deep = { a: { b: { c: { d: { e: { f: 1 } } } } } };
  for (const [title, state, before] of [
    ["both halves", { reported: { a: "x".repeat(4200) } }, { desired: { a: "y".repeat(4200) } }], ["bytes, not letters", { reported: { a: "ü".repeat(3000) } }, { desired: { a: "ü".repeat(1200) } }],
    ["what is replaced does not count", { reported: { a: 1 } }, { reported: { a: "x".repeat(9000) } }], ["what is taken away does not, either", { reported: null }, { reported: { a: "x".repeat(9000) } }],
    ["the delta is no part of it", { reported: { a: 1 } }, { desired: { b: "x".repeat(5000) }, delta: { b: "x".repeat(5000) } }], ["levels", { reported: deep }, { reported: { a: { g: 1 } }, desired: { z: "x".repeat(8200) } }],
  ] as [string, Record<string, any>, Record<string, any>][]) {
    it(`the guard of 8 KB: ${title}`, () => {
      const after: Record<string, any> = {};
      for (const half of ["reported", "desired"]) {
        const merged = state[half] === null ? undefined : state[half] ? merge(before[half], state[half]) : before[half];
        if (merged) after[half] = merged;
      }
      const bytes = Buffer.byteLength(JSON.stringify(after));
      const told = size(state, structuredClone(before));
      // A comma too many is counted at most.
      if (bytes > 8192) assert.ok(told - bytes >= 0 && told - bytes < 2, `${told} ${bytes}`);
      else assert.equal(told, 0);
    });
  }
  it("at the edge: 8,191 bytes go, 8,193 do not", () => {
    const frame = JSON.stringify({ reported: { a: 1 }, desired: { b: "" } }).length;
    for (const [total, fits] of [[8191, true], [8193, false]] as const) assert.equal(size({ reported: { a: 1 } }, { desired: { b: "x".repeat(total - frame) } }) === 0, fits, String(total));
  });
  it("a request that the version would make too long goes without", () => {
    const state = { reported: { a: "x".repeat(8152 - 31) } };
    assert.equal(changeOf(request(state), undefined, { state: {}, version: 1 }), JSON.stringify({ state }));
  });

  for (const status of [401, 403, 404]) it(`read is refused with ${status}: it goes as it was`, () => assert.equal(changeOf(request({ reported: {} }), refused(status), undefined), '{"state":{"reported":{}}}'));
  for (const failed of [refused(409), refused(429), failure("connection-lost", "m", "h")]) it(`${failed.cause?.status ?? failed.code} stays what it is`, () => assert.equal(changeOf(request({}), failed, undefined), failed));
});
