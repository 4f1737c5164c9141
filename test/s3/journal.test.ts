// The journal of uploads: two slots, torn records, order, names that collide.
import assert from "node:assert/strict";
import { eraseJournal, journalName, journalNames, readJournal, UPLOADS, writeJournal } from "../../src/s3/journal";
import type { UploadRecord } from "../../src/s3/journal";
import { partSizeOf } from "../../src/s3/multipart/open";
import { createHost } from "../host/host";

const record = (change: Partial<UploadRecord> = {}): UploadRecord => ({
  path: "a.log", key: "k", bucket: "logs", size: 10, modified: 5, plan: { signed: true, headers: [], conditions: [] }, began: 1, since: 0, uploadId: "u", partSize: 5242880,
  parts: 0, etags: "", crc: 0, abandoned: [], over: false, ...change,
});

describe("the journal of uploads", () => {
  it("reads the newest whole record, whichever byte of the newest a power cut tore", () => {
    const { platform, flash } = createHost();
    const name = journalName(platform, "logs", "a.log", "k");
    assert.ok(writeJournal(platform, name, 1, record({ parts: 1 })) && writeJournal(platform, name, 2, record({ parts: 2 })));
    assert.equal(readJournal(platform, name)!.record.parts, 2);
    const whole = flash.records.get(name + ".0")!;
    for (let at = 0; at < whole.length; at++) {
      flash.records.set(name + ".0", whole.slice(0, at).padEnd(whole.length, "\xff"));
      assert.equal(readJournal(platform, name)!.record.parts, 1, `torn at ${at}`);
    }
    for (const garbage of ["x", "\xff".repeat(200), "00000000 9 {}", '12345678 9 {"parts":7}']) {
      flash.records.set(name + ".0", garbage);
      assert.equal(readJournal(platform, name)!.record.parts, 1);
    }
  });
  it("lists the oldest first, and erases what is torn and alone", () => {
    const { platform, flash } = createHost();
    for (const [key, began] of [["x", 3], ["y", 1], ["z", 2]] as const) writeJournal(platform, journalName(platform, "logs", "a.log", key), 1, record({ key, began }));
    flash.records.set(UPLOADS + "00000000.1", "torn");
    assert.deepEqual(journalNames(platform).map((name) => readJournal(platform, name)!.record.key), ["y", "z", "x"]);
    assert.ok(!flash.records.has(UPLOADS + "00000000.1"));
    for (const name of journalNames(platform)) eraseJournal(platform, name, 1);
    assert.equal(flash.records.size, 0);
  });
  it("gives another name to another file of the same checksum", () => {
    const { platform } = createHost();
    const first = journalName(platform, "logs", "a.log", "k");
    writeJournal(platform, first, 1, record({ key: "another" }));
    const second = journalName(platform, "logs", "a.log", "k");
    assert.notEqual(second, first);
    writeJournal(platform, second, 1, record());
    assert.equal(journalName(platform, "logs", "a.log", "k"), second);
  });
  for (const [size, wanted, part] of [[1, 0, 5242880], [524288000, 0, 5242880], [524288001, 0, 5251072], [4294967295, 0, 42950656], [20000000, 5242881, 5251072], [2000000000, 5242880, 20004864]] as const) {
    it(`sends ${size} bytes in parts of ${part} when ${wanted || "nothing"} is wanted`, () => {
      assert.equal(partSizeOf(size, wanted), part);
      assert.ok(part % 8192 === 0 && Math.ceil(size / part) <= 100);
    });
  }
});
