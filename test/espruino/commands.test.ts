// head, list, remove, presign, putUrl, getUrl and aliases on the real interpreter, at the memory of a board, against the local cloud.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../../sim/cloud/index";
import { testCloud } from "../cloud/client";
import type { Interpreter } from "./interpreter";
import { onBoard } from "./interpreter";
import { bootImage, failure as failureOf, useInterpreter } from "./suite";

describe("commands of modules on the real interpreter", function () {
  this.timeout(120000);
  let cloud: Cloud;
  let one: Interpreter;
  useInterpreter();
  beforeEach(async () => {
    cloud = await testCloud();
    one = await bootImage(cloud.describe(), { kms: { endpoint: cloud.kms.host, port: cloud.kms.port } });
    await one.evaluate("device.syncTime()");
  });
  afterEach(() => cloud?.close());
  const failure = (command: string) => failureOf(one, command);

  it("head tells size, date and etag, and why there is nothing", async () => {
    cloud.s3.put("a.bin", Buffer.from("hello"));
    const head = await one.evaluate('device.head("a.bin")');
    assert.deepEqual([head.size, head.etag, head.contentType, head.encryption], [5, '"5d41402abc4b2a76b9719d911017c592"', "binary/octet-stream", "AES256"]);
    assert.equal(new Date(head.modified).toISOString(), head.modified);
    assert.equal((await failure('device.head("nothing")')).cause.code, "NoSuchKey");
  });

  it("list reads 1,100 objects one by one, odd keys exactly, stops at twenty or where memory ends, and says so", async function () {
    onBoard(this);
    const odd = "\u00fc b+c&<'>\"%41.txt";
    cloud.s3.put("odd/" + odd, Buffer.from("hello"));
    for (let i = 0; i < 1100; i++) cloud.s3.put(`many/${String(i).padStart(5, "0")}`, Buffer.alloc(0));
    assert.deepEqual((await one.evaluate('device.list("odd/")')).map((entry: any) => entry.key), ["odd/" + Buffer.from(odd).toString("latin1")]);
    await one.evaluate("(n=0,last='',0)");
    await one.evaluate('device.list("many/",{each:function(e){n++;last=e.key}})', 60000);
    assert.deepEqual(await one.evaluate("[n,last]"), [1100, "many/01099"]);
    assert.equal((await one.evaluate("device.list()", 60000)).length, 20);
    const most = await one.evaluate('device.list("many/",{max:1000})', 60000);
    assert.ok(most.length >= 20 && most.length < 1000, `${most.length} entries`);
    assert.match(one.output, /THERE ARE MORE: memory ends here/);
    assert.deepEqual((await one.evaluate('device.list("",{delimiter:"/"})')).map((entry: any) => entry.prefix), ["many/", "odd/"]);
  });

  it("remove deletes", async () => {
    cloud.s3.put("a.bin", Buffer.from("hello"));
    assert.deepEqual(await one.evaluate('device.remove("a.bin")'), { key: "a.bin" });
    assert.deepEqual(cloud.s3.keys(), []);
  });

  it("presign makes URLs by which putUrl and getUrl move a file", async () => {
    const bytes = randomBytes(100000);
    writeFileSync(join(one.directory, "log.txt"), bytes);
    const put = JSON.stringify(await one.evaluate('device.presign("PUT","logs/a b.txt",600)'));
    const get = JSON.stringify(await one.evaluate('device.presign("GET","logs/a b.txt",600)'));
    assert.equal((await one.evaluate(`device.putUrl(${put},"log.txt",${get})`, 60000)).verified, true);
    assert.ok(cloud.s3.get("logs/a b.txt")!.equals(bytes));
    assert.equal((await one.evaluate(`device.getUrl(${get})`, 60000)).size, 100000);
    cloud.s3.faults.next({ kind: "cut", during: "response", afterBytes: 50000 });
    assert.equal((await one.evaluate(`device.getUrl(${get},"back.txt")`, 60000)).size, 100000);
    assert.ok(readFileSync(join(one.directory, "back.txt")).equals(bytes));
    assert.equal((await failure(`device.getUrl(${get.replace(/X-Amz-Date=..../, "X-Amz-Date=2020")},"back.txt")`)).code, "url-expired");
    assert.equal((await failure('device.getUrl("https://u@h/k","back.txt")')).code, "argument");
  });

  it("a context of KMS beyond ASCII reaches S3 as UTF-8, by settings and by option, in one piece and in parts", async function () {
    onBoard(this);
    writeFileSync(join(one.directory, "log.txt"), randomBytes(20000));
    const context = { "ger\u00e4t": "b\u00fcro \"7\"\\" };
    const encryption = JSON.stringify({ mode: "aws:kms", keyId: cloud.alias, context, bucketKey: true });
    const typed = Buffer.from(encryption).toString("latin1").replace(/[\x80-\xff]/g, (char) => "\\x" + char.charCodeAt(0).toString(16));
    await one.evaluate(`device.put("log.txt","a",{encryption:${typed}})`, 60000);
    await one.evaluate(`device.configure({s3:{encryption:${typed}}})`);
    await one.evaluate('device.put("log.txt","b")', 60000);
    await one.evaluate('device.put("log.txt","c",{multipart:true})', 60000);
    const asked = cloud.s3.requests.map((request) => request.headers["x-amz-server-side-encryption-context"]).filter((text) => text !== undefined);
    assert.deepEqual(asked.map((text) => JSON.parse(Buffer.from(text!, "base64").toString())), [context, context, context]);
    assert.deepEqual(cloud.s3.keys(), ["a", "b", "c"]);
  });

  it("half a file that an interrupted get left is not sent as if it were whole", async () => {
    cloud.s3.put("a.bin", randomBytes(600000));
    cloud.s3.faults.next({ kind: "cut", during: "response", afterBytes: 30000 }, { operation: "GetObject", times: 9 });
    await failure('device.get("a.bin")');
    cloud.s3.faults.clear();
    const failed = await failure('device.put("a.bin","k")');
    assert.match(failed.message, /is half of a\.bin, whose download was interrupted/);
    assert.deepEqual(cloud.s3.keys(), ["a.bin"]);
  });

  it("aliases lists the keys, and explains a refusal", async () => {
    const all = await one.evaluate("device.aliases()", 60000);
    assert.ok(all.some((entry: any) => entry.alias === cloud.alias && entry.keyId === cloud.describe().kms.keyId));
    cloud.policy.deny("kms:ListAliases");
    assert.equal((await failure("device.aliases()")).cause.code, "AccessDeniedException");
  });

  it("gives back what the commands took: the sixth round leaves no more variables in use than the second", async () => {
    cloud.s3.put("a.bin", Buffer.from("hello"));
    const figures: number[] = [];
    for (let i = 0; i < 6; i++) {
      for (const command of ['head("a.bin")', "list()", 'remove("b")', 'presign("GET","a.bin",60)', "aliases()"]) await one.evaluate("device." + command, 60000);
      figures.push(await one.evaluate("process.memory().usage"));
    }
    assert.ok(figures[5]! <= figures[1]! + 2, figures.join(" "));
  });
});
