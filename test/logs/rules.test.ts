// The rules of logs: which may go, in which order, under which key.
import assert from "node:assert/strict";
import { entryOf, keepOldest, nameOf, timeOf } from "../../src/logs/batch";
import type { Batch } from "../../src/logs/batch";
import { keyName, logKey, TEMPLATE, templateFault } from "../../src/logs/key";
import { isLog, isReady, matches, sparesNewest } from "../../src/logs/ready";
import { Chance } from "../host/chance";

const TIME = Date.UTC(2026, 4, 3, 7, 8, 9);
const info = (modified: number, size = 1) => ({ modified, size });

describe("which files are logs", () => {
  const patterns: [pattern: string, name: string, matches: boolean][] = [
    ["*.log", "a.log", true], ["*.log", "A.LOG", true], ["*.log", ".log", true], ["*.log", "a.log.txt", false], ["*", "", true], ["", "a", false], ["", "", true],
    ["a?c", "abc", true], ["a?c", "ac", false], ["?", "", false], ["a*b*c", "a-b-b-c", true], ["a*b*c", "a-c-b", false], ["**", "x", true], ["*a", "aaab", false], ["a.log", "a.log", true],
    ["a.log", "b.log", false], ["[a]", "a", false], ["*.*", "a", false], ["*aab", "aaaab", true],
  ];
  for (const [pattern, name, wanted] of patterns) it(`${pattern} and ${name}: ${wanted}`, () => assert.equal(matches(pattern, name), wanted));

  it("a pattern of many stars does not take for ever", () => assert.equal(matches("*a".repeat(20), "a".repeat(63) + "b"), false));

  it("dots, the active one and device.log's own are none", () => {
    const rules = { pattern: "*", active: "act*.log", own: "00000007.log" };
    assert.deepEqual([".", "..", "ACTIVE.LOG", "00000007.LOG", "00000008.log", "a"].map((name) => isLog(rules, name)), [false, false, false, false, true, true]);
  });

  it("age or size make one ready, an age that is in the future as one in the past", () => {
    const both = { own: "", seconds: 60, bytes: 100 };
    const rows: [rules: any, info: any, ready: boolean][] = [
      [{ own: "" }, info(TIME), true], [both, info(TIME), false], [both, info(TIME - 60000), true], [both, info(TIME + 60000), true], [both, info(TIME - 59000, 100), true], [both, info(0, 0), true],
      [{ own: "", bytes: 1 }, info(0, 0), false], [{ own: "", seconds: 1 }, info(TIME, 1e9), false],
    ];
    for (const [rules, file, ready] of rows) assert.equal(isReady(rules, file, TIME), ready, JSON.stringify([rules, file]));
    assert.deepEqual([sparesNewest({ own: "" }), sparesNewest(both), sparesNewest({ own: "", active: "a" })], [true, false, false]);
  });
});

describe("the oldest logs of a directory", () => {
  it("an entry holds time and name, and stands before what is newer", () => {
    const entry = entryOf("a b.log", TIME);
    assert.deepEqual([nameOf(entry), timeOf(entry), entryOf("z", 0) < entryOf("a", 1000), entryOf("a", 1000) < entryOf("b", 1000)], ["a b.log", TIME, true, true]);
  });

  it("are the same as by sorting, whatever their order", () => {
    const chance = new Chance(7);
    for (let round = 0; round < 50; round++) {
      const all = Array.from({ length: chance.between(0, 60) }, (_, i) => entryOf(`n${i}`, chance.between(0, 20) * 2000));
      const most = chance.between(1, 30);
      const batch: Batch = { entries: [], found: 0, newest: "" };
      for (const entry of all) keepOldest(batch, entry, most);
      const sorted = [...all].sort();
      assert.deepEqual([batch.entries, batch.found, batch.newest], [sorted.slice(0, most), all.length, sorted.at(-1) ?? ""]);
    }
  });
});

describe("the key of a log", () => {
  it("is made of its name and time alone", () => {
    assert.equal(logKey(TEMPLATE, "", "a.log", info(TIME)), "2026-05-03/070809-a.log");
    assert.equal(logKey("{thing}/y{year}/{month}{day}/{hour}/{name}.gz", "t1", "a{b}.log", info(TIME)), "t1/y2026/0503/07/a{b}.log.gz");
    assert.equal(logKey("{name}", "", "a", info(0)), "a");
  });

  it("has no characters that are none", () => {
    for (const [name, key] of [["a.log", "a.log"], ["m\xc3\xbcll", "m\xc3\xbcll"], ["m\x81ll", "m_81ll"], ["\xff", "_ff"]] as const) assert.equal(keyName(name), key);
  });

  for (const [template, fault] of [
    ["{name}", ""], [TEMPLATE, ""], ["logs/{thing}/{name}", ""], ["x", /\{name\} is missing/], ["{date}", /\{name\} is missing/], ["{nam}{name}", /\{nam\}\{name\}|\{nam/], ["{name", /none of/], ["{}{name}", /none of/], ["{ name}", /none of/], ["{{name}", /none of/],
  ] as const) {
    it(`the template ${template} is ${fault === "" ? "good" : "refused"}`, () => {
      const found = templateFault(template, "t1");
      if (fault === "") assert.equal(found, "");
      else assert.match(found, fault);
    });
  }
  it("{thing} needs one", () => assert.match(templateFault("{thing}{name}", ""), /iot\.thingName/));
});
