// Downloads under way: what goes over the wire and what is left on card and in flash, after cuts, resets and everything that goes wrong.
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import type { Failure } from "../../src/flow/failure";
import { download } from "../../src/s3/downloads/download";
import type { DownloadResult } from "../../src/s3/downloads/result";
import { readContentRange, wantedFault, type Wanted } from "../../src/s3/downloads/range";
import { unfinishedDownloads } from "../../src/s3/downloads/record";
import { createHost, type Host } from "../host/host";
import { breakOff, ended, expect, type Row, send } from "../host/script";
import { answer, createAccess, refused } from "./access";

const SIZE = 300_000;
const DATA = Array.from({ length: SIZE }, (_, i) => String.fromCharCode((i * 7 + (i >> 8) * 13) & 255)).join("");
const HEAD = "HTTP/1.1 200 OK\r\ncontent-length: 300000\r\netag: \"e1\"\r\n";

const sum = (data: string): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((crc32 as (data: Buffer) => number)(Buffer.from(data, "latin1")));
  return bytes.toString("base64");
};

interface Outcome { failed?: Failure; result?: DownloadResult }

/** Runs one download; each script is one connection. */
function get(host: Host, scripts: Row[][], wanted?: Wanted): Outcome {
  for (const rows of scripts) host.tls.script(...rows);
  const outcome: Outcome = {};
  download(host.platform, createAccess(), "k", "a.bin", wanted, () => {}, (failed, result) => Object.assign(outcome, { failed, result }));
  host.time.settle();
  host.verify();
  return outcome;
}

const asks = (range: string | undefined, etag = range ? '"e1"' : "", method = "GET"): Row =>
  expect((bytes) => {
    if (!bytes.endsWith("\r\n\r\n")) return undefined;
    assert.ok(bytes.startsWith(method + " /k"), bytes);
    assert.equal(/\r\nrange: (.*)\r\n/.exec(bytes)?.[1], range);
    assert.equal(/\r\nif-match: (.*)\r\n/.exec(bytes)?.[1] ?? "", etag);
    return bytes.length;
  });
const whole = (data: string, headers: Record<string, string> = {}) => answer(200, { etag: '"e1"', ...headers }, data);
const part = (from: number, to: number, data = DATA, total = data.length) => answer(206, { etag: '"e1"', "content-range": `bytes ${from}-${to}/${total}` }, data.slice(from, to + 1));
const cut = (bytes: number): Row[] => [asks(undefined), send(HEAD + "\r\n" + DATA.slice(0, bytes), 4096), breakOff()];
const left = (host: Host) => [host.card.paths().sort(), host.flash.flash.list("s3.")];

describe("download", () => {
  for (const size of [0, 1, 8191, 8192, 8193, SIZE]) {
    it(`lands ${size} bytes and verifies them`, () => {
      const host = createHost();
      const data = DATA.slice(0, size);
      const { failed, result } = get(host, [[asks(undefined), send(whole(data, { "x-amz-checksum-crc32": sum(data), "x-amz-checksum-type": "FULL_OBJECT" }), 1000), ended()]]);
      assert.equal(failed, undefined);
      assert.deepEqual(result, { key: "k", path: "a.bin", size, etag: '"e1"', resumed: false });
      assert.equal(host.card.bytes("a.bin"), data);
      assert.deepEqual(left(host), [["a.bin"], []]);
    });
  }

  for (const old of [undefined, "old"]) {
    const at = old ? "download.part" : "a.bin";
    it(`goes on after the power was cut with what was synced, over ${old ? "an old file" : "nothing"}`, () => {
      const host = createHost();
      if (old) host.card.put("a.bin", old);
      // The power goes in the middle: card and flash as they are then, without what the directory does not know of yet.
      const after = createHost();
      let synced = 0;
      host.card.beforeWrite = (path, position) => {
        if (synced || position < 190_000) return;
        synced = host.platform.files.stat(path)!.size;
        for (const one of host.card.paths()) after.card.put(one, host.card.bytes(one)!.slice(0, host.platform.files.stat(one)!.size));
        for (const name of host.flash.flash.list("s3.")) after.flash.flash.write(name, host.flash.flash.read(name)!);
      };
      get(host, [cut(200_000)]);
      assert.ok(synced >= 131_072 && synced < 140_000, `${synced} synced`);
      assert.equal(after.card.bytes(at)!.length, synced);
      assert.equal(unfinishedDownloads(after.platform).length, 1);
      const from = synced - 512;
      const { failed, result } = get(after, [[asks(`bytes=${from}-299999`), send(part(from, 299999), 1000), ended()]]);
      assert.equal(failed, undefined);
      assert.deepEqual([result!.resumed, result!.size], [true, SIZE]);
      assert.equal(after.card.bytes("a.bin"), DATA);
      assert.deepEqual(left(after), [["a.bin"], []]);
    });
  }

  it("waits under another name where no record can be written, so that nothing is left at the path after a reset", () => {
    const host = createHost();
    host.flash.flash.write = (flash => (name, data) => !name.startsWith("s3.down.") && flash(name, data))(host.flash.flash.write);
    let during: string[] = [];
    host.card.beforeWrite = () => { during.push(...host.card.paths()); };
    assert.equal(get(host, [[asks(undefined), send(whole("x".repeat(5000)), 4096), ended()]]).failed, undefined);
    assert.equal(during[0], "download.part");
    assert.deepEqual([left(host), host.card.bytes("a.bin")], [[["a.bin"], []], "x".repeat(5000)]);
  });

  /** A host on which a download was cut and kept: `have` bytes, then the network was gone. */
  function kept(have = 100_000): Host {
    const host = createHost();
    const { failed } = get(host, [cut(have)]);
    assert.equal(failed!.code, "connection-lost");
    assert.match(failed!.hint, /goes on after 100000 bytes/);
    assert.equal(host.card.bytes("a.bin")!.length, have);
    assert.equal(host.flash.flash.list("s3.down.").length, 1);
    return host;
  }
  const REST = "bytes=99488-299999";

  it("begins again when the object was replaced", () => {
    const host = kept();
    assert.equal(get(host, [[asks(REST), send(refused(412, "PreconditionFailed")), ended()], [asks(undefined), send(whole("new")), ended()]]).failed, undefined);
    assert.equal(host.card.bytes("a.bin"), "new");
    assert.deepEqual(left(host), [["a.bin"], []]);
  });

  it("takes the whole object from a server that ignores the range", () => {
    const host = kept();
    assert.equal(get(host, [[asks(REST), send(whole(DATA)), ended()]]).result!.resumed, false);
    assert.equal(host.card.bytes("a.bin"), DATA);
  });

  it("asks for the end again when all bytes were there", () => {
    const host = kept();
    host.card.put("a.bin", DATA);
    assert.equal(get(host, [[asks("bytes=299488-299999"), send(part(299488, 299999)), ended()]]).failed, undefined);
    assert.equal(host.card.bytes("a.bin"), DATA);
  });

  const swapped: [what: string, bytes: string | undefined, firstAsk: string | undefined, kept: boolean][] = [
    ["is missing", undefined, undefined, false],
    ["is longer than the object", DATA + "x", undefined, true],
    ["is empty", "", undefined, false],
    ["ends otherwise than the object", "y".repeat(100_000), REST, true],
  ];
  for (const [what, bytes, ask, isOld] of swapped) {
    it(`begins again when the file on the card ${what}`, () => {
      const host = kept();
      if (bytes === undefined) host.platform.files.remove("a.bin");
      else host.card.put("a.bin", bytes);
      let during: string[] = [];
      host.card.beforeWrite = () => { during = host.card.paths(); };
      const first: Row[][] = ask ? [[asks(ask), send(part(99488, 299999), 1000), ended()]] : [];
      assert.equal(get(host, [...first, [asks(undefined), send(whole(DATA), 4096), ended()]]).failed, undefined);
      assert.equal(host.card.bytes("a.bin"), DATA);
      assert.equal(during.includes("download.part"), isOld, "what is not ours is kept as an old file");
      assert.deepEqual(left(host), [["a.bin"], []]);
    });
  }

  for (const [what, text] of [
    ["another first byte", part(99489, 299999)], ["another total", part(99488, 299999, DATA, 300_001)], ["another end", part(99488, 299998, DATA, 300_000)],
    ["no Content-Range", answer(206, {}, "x")], ["garbage", answer(206, { "content-range": "bytes */300000" }, "x")],
  ] as const) {
    it(`refuses a part with ${what} and keeps what it has`, () => {
      const host = kept();
      const { failed } = get(host, [[asks(REST), send(text), ended()]]);
      assert.equal(failed!.code, "s3-incomplete");
      assert.equal(host.card.bytes("a.bin"), DATA.slice(0, 100_000));
    });
  }

  for (const [status, code] of [[404, "NoSuchKey"], [403, "AccessDenied"], [404, "NoSuchBucket"]] as const) {
    it(`leaves neither file nor record after ${status} ${code}`, () => {
      const host = kept();
      assert.equal(get(host, [[asks(REST), send(refused(status, code)), ended()]]).failed!.cause!.code, code);
      assert.deepEqual(left(host), [[], []]);
      const fresh = createHost();
      fresh.card.put("a.bin", "old");
      assert.equal(get(fresh, [[asks(undefined), send(refused(status, code)), ended()]]).failed!.cause!.code, code);
      assert.deepEqual([left(fresh), fresh.card.bytes("a.bin")], [[["a.bin"], []], "old"]);
    });
  }

  it("fetches once more what has not S3's CRC-32, then gives up and keeps the old file", () => {
    const wrong = whole(DATA, { "x-amz-checksum-crc32": sum("other") });
    const host = createHost();
    host.card.put("a.bin", "old");
    const { failed } = get(host, [[asks(undefined), send(wrong, 4096), ended()], [asks(undefined), send(wrong, 4096), ended()]]);
    assert.equal(failed!.code, "s3-incomplete");
    assert.match(failed!.message, /CRC-32/);
    assert.deepEqual([left(host), host.card.bytes("a.bin")], [[["a.bin"], []], "old"]);
  });

  for (const headers of [{ "x-amz-checksum-crc32": sum("x") + "-3" }, { "x-amz-checksum-crc32": sum("x"), "x-amz-checksum-type": "COMPOSITE" }]) {
    it(`does not compare ${JSON.stringify(headers)}`, () => {
      assert.equal(get(createHost(), [[asks(undefined), send(whole("abc", headers as Record<string, string>)), ended()]]).failed, undefined);
    });
  }

  it("verifies after a cut what was there before, too", () => {
    const host = createHost();
    const head = HEAD + `x-amz-checksum-crc32: ${sum(DATA)}\r\n\r\n`;
    get(host, [[asks(undefined), send(head + DATA.slice(0, 100_000), 4096), breakOff()]]);
    host.card.put("a.bin", "!" + host.card.bytes("a.bin")!.slice(1));
    assert.equal(get(host, [[asks(REST), send(part(99488, 299999)), ended()], [asks(undefined), send(whole(DATA)), ended()]]).failed, undefined);
    assert.equal(host.card.bytes("a.bin"), DATA);
  });

  it("leaves a full card as it was", () => {
    const host = createHost();
    host.card.put("a.bin", "old");
    host.card.capacity = 50_000;
    assert.equal(get(host, [[asks(undefined), send(whole(DATA), 4096), ended()]]).failed!.code, "card-full");
    assert.deepEqual([left(host), host.card.bytes("a.bin")], [[["a.bin"], []], "old"]);
  });

  it("fetches a range into a file of just these bytes", () => {
    const host = createHost();
    const { result } = get(host, [[asks("bytes=1000-1999", ""), send(part(1000, 1999)), ended()]], { first: 1000, length: 1000 });
    assert.deepEqual(result, { key: "k", path: "a.bin", size: 1000, etag: '"e1"', resumed: false, first: 1000, total: SIZE });
    assert.equal(host.card.bytes("a.bin"), DATA.slice(1000, 2000));
  });

  it("cuts a range at the object's end", () => {
    const host = createHost();
    assert.equal(get(host, [[asks("bytes=299000-308999", ""), send(part(299000, 299999)), ended()]], { first: 299000, length: 10000 }).result!.size, 1000);
  });

  it("fetches in pieces of one and the same object", () => {
    const host = createHost();
    const data = DATA.slice(0, 10_000);
    const rows = [0, 4096, 8192].map((from) => [asks(`bytes=${from}-${Math.min(from + 4095, 9999)}`, '"e1"'), send(part(from, Math.min(from + 4095, 9999), data)), ended()]);
    const head = [asks(undefined, "", "HEAD"), send(answer(200, { etag: '"e1"', "content-length": "10000", "x-amz-checksum-crc32": sum(data) })), ended()];
    assert.equal(get(host, [head, ...rows], { piece: 4096 }).failed, undefined);
    assert.equal(host.card.bytes("a.bin"), data);
  });

  it("says which option is wrong", () => {
    for (const good of [undefined, {}, { first: 0 }, { length: 1 }, { piece: 4096 }, { versionId: "v" }]) assert.equal(wantedFault(good), undefined);
    for (const bad of [{ range: 1 }, { first: -1 }, { first: 1.5 }, { length: 0 }, { length: "9" }, { piece: 100 }, { piece: NaN }, { first: Infinity }, { versionId: 3 }]) {
      assert.match(wantedFault(bad)!.message, new RegExp(Object.keys(bad)[0]!));
    }
  });

  it("reads a Content-Range and nothing like one", () => {
    assert.deepEqual(readContentRange("bytes 0-9/100"), { first: 0, last: 9, total: 100 });
    for (const text of [undefined, "", "bytes */100", "bytes 0-9/*", "bytes 9-0/100", "bytes 0-100/100", "bytes 0-9", "0-9/100", "bytes 0-9/100 "]) assert.equal(readContentRange(text), undefined, text);
  });
});
