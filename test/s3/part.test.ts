// A part of an upload: what is held while its bytes go, and what becomes of the journal meanwhile.
import assert from "node:assert/strict";
import type { Failure } from "../../src/flow/failure";
import { journalName, readJournal } from "../../src/s3/journal";
import { open } from "../../src/s3/multipart/open";
import { notePart, sendPart } from "../../src/s3/multipart/part";
import { save, type Upload } from "../../src/s3/multipart/upload";
import { createHost, type Host } from "../host/host";
import { expect, send } from "../host/script";
import { answer, createAccess } from "./access";

interface Outcome { host: Host; upload: Upload; told: (Failure | undefined)[] }

/** An upload of three bytes in one part, sent as far as the journal `takes` it. */
function sent(takes: boolean, meanwhile: (host: Host) => void = () => {}): Outcome {
  const host = createHost();
  host.card.put("a.log", "abc");
  const upload = open(host.platform, createAccess(), "a.log", "k", { signed: true, headers: [], conditions: [] }, 0) as Upload;
  const told: (Failure | undefined)[] = [];
  upload.record.uploadId = "u";
  upload.go = () => void told.push(undefined);
  upload.done = (failed) => void told.push(failed);
  if (!takes) host.flash.flash.write = () => false;
  host.tls.script(expect(/\r\n\r\n$/), send("HTTP/1.1 100 Continue\r\n\r\n"), expect(/0;chunk-signature=[0-9a-f]{64}\r\n\r\n$/), send(answer(200, { etag: '"e1"' })));
  sendPart(upload, (failed, response) => {
    meanwhile(host);
    notePart(upload, failed, response);
  });
  assert.equal(upload.record === undefined, takes, "the record is let go where the journal has it, and only there");
  host.time.pass(60_000);
  return { host, upload, told };
}

describe("a part of an upload", () => {
  for (const takes of [true, false]) {
    it(`is noted in the record ${takes ? "that the journal kept" : "in memory where flash takes no journal"}`, () => {
      const { host, upload, told } = sent(takes);
      assert.deepEqual(told, [undefined]);
      assert.deepEqual([upload.record.parts, upload.record.etags, upload.safe], [1, "e1 ", 3]);
      assert.equal(readJournal(host.platform, journalName(host.platform, "logs", "a.log", "k"))?.record.parts, takes ? 1 : undefined);
    });
  }
  it("ends the upload where the journal was erased meanwhile", () => {
    const { told } = sent(true, (host) => host.flash.records.clear());
    assert.deepEqual(told.map((one) => one?.code), ["storage"]);
  });
  it("is not begun without a record", () => {
    const { host, upload } = sent(true);
    save(upload);
    host.flash.records.clear();
    upload.record = undefined as never;
    let code = "";
    sendPart(upload, (failed) => { code = failed!.code; });
    assert.equal(code, "storage");
  });
});
