// Marks in flash: found again, never mistaken, and whole after a power cut at any byte.
import assert from "node:assert/strict";
import { addMark, beginMarks, copyMark, findMark, fingerprint, finishMarks, freePlaces, markDone, markGone, markSent, openMarks } from "../../src/logs/marks";
import type { Marks } from "../../src/logs/marks";
import { PowerCut } from "../host/flash";
import { createHost } from "../host/host";
import type { Host } from "../host/host";

const file = (i: number) => ({ size: i, modified: 1000 * i });

function fresh(host: Host, places = 10): Marks {
  const marks = beginMarks(host.platform, undefined, "scope", places)!;
  assert.ok(finishMarks(marks, undefined));
  return openMarks(host.platform, "scope")!;
}

describe("marks of logs", () => {
  it("tell what is known of a version of a file, and of no other", () => {
    const host = createHost();
    const marks = fresh(host);
    const print = fingerprint(marks, "logs/a", file(1));
    assert.equal(findMark(marks, print), undefined);
    const mark = addMark(marks, print)!;
    assert.deepEqual(findMark(marks, print), { at: mark.at, sent: false, done: false });
    assert.ok(markSent(marks, mark) && markDone(marks, mark) && markDone(marks, mark));
    assert.deepEqual(findMark(openMarks(host.platform, "scope")!, print), { at: mark.at, sent: true, done: true });
    for (const [path, info, scope] of [["logs/b", file(1), "scope"], ["logs/a", file(2), "scope"], ["logs/a", { size: 1, modified: 3000 }, "scope"], ["logs/a", file(1), "other"]] as const) {
      const other = openMarks(host.platform, scope)!;
      assert.equal(findMark(other, fingerprint(other, path, info)), undefined);
    }
    markGone(marks, mark);
    assert.equal(findMark(marks, print), undefined);
    assert.ok(addMark(marks, print), "a new one may stand for the same");
    assert.deepEqual(findMark(marks, print)!.done, false);
  });

  it("end when the record is full, and go over to a new one", () => {
    const host = createHost();
    const marks = fresh(host, 3);
    const prints = [1, 2, 3, 4].map((i) => fingerprint(marks, "a", file(i)));
    assert.deepEqual(prints.map((print, i) => [freePlaces(marks), !!addMark(marks, print), i]), [[3, true, 0], [2, true, 1], [1, true, 2], [0, false, 3]]);
    const next = beginMarks(host.platform, marks, "scope", 5)!;
    assert.ok(copyMark(marks, findMark(marks, prints[1]!)!, next, 0));
    assert.equal(openMarks(host.platform, "scope")!.name, marks.name, "the old one holds until the new one is complete");
    assert.ok(finishMarks(next, marks));
    const now = openMarks(host.platform, "scope")!;
    assert.deepEqual([now.name === marks.name, freePlaces(now), prints.map((print) => !!findMark(now, print)), host.flash.records.size], [false, 4, [false, true, false, false], 1]);
  });

  it("are whole after a power cut at any byte of any write", () => {
    for (let write = 1; write <= 7; write++) {
      for (let bytes = 0; bytes <= 12; bytes++) {
        const host = createHost();
        const marks = fresh(host);
        const known = addMark(marks, fingerprint(marks, "known", file(1)))!;
        markDone(marks, known);
        host.flash.cutPower(write, bytes);
        const name = `cut in write ${write} after ${bytes} bytes`;
        try {
          const one = addMark(marks, fingerprint(marks, "new", file(2)))!;
          markSent(marks, one);
          markDone(marks, one);
          const next = beginMarks(host.platform, marks, "scope", 20)!;
          copyMark(marks, known, next, 0);
          copyMark(marks, one, next, 1);
          finishMarks(next, marks);
        } catch (error) {
          assert.ok(error instanceof PowerCut);
        }
        const after = openMarks(host.platform, "scope")!;
        assert.equal(findMark(after, fingerprint(after, "known", file(1)))!.done, true, name);
        const one = findMark(after, fingerprint(after, "new", file(2)));
        if (one) assert.ok(!one.done || one.sent, name);
        const third = addMark(after, fingerprint(after, "third", file(3)))!;
        assert.ok(third && third.at % 12 === 0 && findMark(after, fingerprint(after, "third", file(3)))!.at === third.at, name);
      }
    }
  });

  it("are none in what is no index, and none where flash is full", () => {
    const host = createHost();
    for (const text of ["", "x", "marks", "marks000001." + "\xff".repeat(24), "whole".padEnd(36, "whole")]) {
      host.flash.records.set("ship.0", text);
      assert.equal(openMarks(host.platform, "scope"), undefined, text);
    }
    host.flash.capacity = 100;
    host.flash.records.clear();
    assert.equal(beginMarks(host.platform, undefined, "scope", 100), undefined);
  });
});
