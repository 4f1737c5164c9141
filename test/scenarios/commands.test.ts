// head, list, remove and aliases as a user types them, on the virtual board against the local cloud.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Desk } from "../../sim/desk";
import { closeDesks, desk as deskWithTime, failure, file, said } from "./desks";

describe("commands on objects and keys", function () {
  this.timeout(30000);
  afterEach(() => closeDesks());

  async function desk(): Promise<Desk> {
    const one = await deskWithTime();
    const { host, port } = one.cloud.kms;
    await one.command(`device.configure({kms:{endpoint:"${host}",port:${port}}})`);
    return one;
  }

  it("head tells what put left, and why there is nothing", async () => {
    const one = await desk();
    file(one, "log.txt", 20000);
    const { etag } = await one.command('device.put("log.txt")');
    const head = await one.command('device.head("log.txt")');
    assert.deepEqual([head.key, head.size, head.etag, head.contentType, head.encryption], ["log.txt", 20000, etag, "binary/octet-stream", "AES256"]);
    assert.ok(Math.abs(Date.parse(head.modified) - Date.now()) < 60000);
    assert.equal((await failure(one, 'device.head("nothing")')).cause.code, "NoSuchKey");
    one.cloud.policy.deny("s3:GetObject");
    assert.equal((await failure(one, 'device.head("log.txt")')).cause.code, "AccessDenied");
    assert.equal((await failure(one, "device.head()")).code, "argument");
  });

  it("head mends the clock, although a HEAD's refusal does not say that it is wrong", async () => {
    const one = await desk();
    one.cloud.s3.put("a", Buffer.from("hello"));
    one.cloud.s3.setOffset(3600);
    assert.equal((await one.command('device.head("a")')).size, 5);
    said(one, /the clock is mended/);
  });

  const odd = ["a b+c.txt", "tilde~(paren)*!'.txt", "gr\u00fc\u00dfe/\u65e5\u672c.txt", "a=b&c?d#e.txt", "pct%41.txt", "<Contents>]]>&amp;\"'", "line\nend\r", "dots/../x", "//two"];
  it("list gives odd keys back exactly, each of which can be removed", async () => {
    const one = await desk();
    for (const key of odd) one.cloud.s3.put(key, Buffer.from(key));
    const bytes = (key: string) => Buffer.from(key).toString("latin1");
    const listed = await one.command("device.list()");
    assert.deepEqual([...listed].map((entry: any) => entry.key), one.cloud.s3.keys().map(bytes));
    const typed = (text: string) => JSON.stringify(text).replace(/[\x7f-\xff]/g, (char) => "\\x" + char.charCodeAt(0).toString(16));
    for (const entry of [...listed]) {
      assert.deepEqual([entry.size, entry.etag], [entry.key.length, `"${createHash("md5").update(entry.key, "latin1").digest("hex")}"`]);
      await one.command(`device.remove(${typed(entry.key)})`);
    }
    assert.deepEqual(one.cloud.s3.keys(), []);
  });

  it("list goes through 2,500 objects one by one, holds twenty unless told otherwise, and says that there are more", async () => {
    const one = await desk();
    for (let i = 0; i < 2500; i++) one.cloud.s3.put(`many/${String(i).padStart(5, "0")}`, Buffer.alloc(0));
    one.cloud.s3.put("other", Buffer.alloc(0));
    await one.command("(seen=[],0)");
    assert.equal((await one.command('device.list("many/",{each:function(entry){seen.push(entry.key)}})')).length, 0);
    assert.deepEqual([...(await one.command("seen"))], one.cloud.s3.keys().filter((key) => key !== "other"));
    assert.equal(one.cloud.s3.requests.length, 3);
    assert.equal((await one.command("device.list()")).length, 20);
    said(one, /THERE ARE MORE/);
    assert.equal((await one.command('device.list("many/",{max:1100})')).length, 1100);
    const folded = await one.command('device.list("",{delimiter:"/"})');
    assert.deepEqual([...folded].map((entry: any) => entry.prefix ?? entry.key), ["other", "many/"]);
    one.cloud.s3.faults.next({ kind: "cut", during: "response", afterBytes: 100000 });
    await one.command("(seen=[],0)");
    await one.command('device.list("many/",{each:function(entry){seen.push(entry.key)}})');
    assert.equal(new Set([...(await one.command("seen"))]).size, 2500);
    assert.equal((await one.command("seen.length")), 2500);
  });
  for (const command of ["device.list(5)", 'device.list("",5)', 'device.list("",{limit:5})', 'device.list("",{max:0})', 'device.list("",{each:5})', 'device.list("",{delimiter:""})', "device.remove()", 'device.presign("POST","k",5)', 'device.presign("GET","k",604801)', 'device.presign("GET","k",0)', 'device.presign("GET","k",1.5)', 'device.presign("GET","",5)', 'device.putUrl("https://h/k")', 'device.putUrl("http://h/k","a")', 'device.getUrl("https://u@h/k","a")', "device.aliases({max:0})"]) {
    it(`refuses ${command}`, async () => assert.equal((await failure(await desk(), command)).code, "argument"));
  }
  const prefixes = ["a b+c", "gr\u00fc\u00dfe/\u65e5", "a=b&c?d#e", "pct%41%", "<Contents>]]>&amp;\"'", "line\nend\r", "//", "dots/../", "~(paren)*!'"];
  it("list finds what a prefix of odd characters begins, and folds at a delimiter of the same kind", async () => {
    const one = await desk();
    for (const prefix of prefixes) for (const end of ["", "1", "|2", "|3"]) one.cloud.s3.put(prefix + end, Buffer.from("x"));
    const bytes = (text: string) => Buffer.from(text).toString("latin1");
    for (const prefix of prefixes) {
      // Typed at a console that sends UTF-8, and as bytes.
      for (const typed of [JSON.stringify(prefix), JSON.stringify(bytes(prefix)).replace(/[\x7f-\xff]/g, (char) => "\\x" + char.charCodeAt(0).toString(16))]) {
        const found = await one.command(`device.list(${typed})`);
        assert.deepEqual([...found].map((entry: any) => entry.key), ["", "1", "|2", "|3"].map((end) => bytes(prefix + end)));
      }
      const folded = await one.command(`device.list(${JSON.stringify(prefix)},{delimiter:"|"})`);
      assert.deepEqual([...folded].map((entry: any) => entry.key ?? entry.prefix), ["", "1", "|"].map((end) => bytes(prefix + end)));
    }
    for (const delimiter of ["\u00fc", "&", "+", "%", "\n"]) {
      const folded = await one.command(`device.list("",{delimiter:${JSON.stringify(delimiter)},max:100})`);
      const keys = one.cloud.s3.keys();
      const wanted = new Set(keys.filter((key) => key.includes(delimiter)).map((key) => bytes(key.slice(0, key.indexOf(delimiter) + delimiter.length))));
      assert.deepEqual([...folded].filter((entry: any) => entry.key === undefined).map((entry: any) => entry.prefix), [...wanted]);
      assert.equal([...folded].filter((entry: any) => entry.key !== undefined).length, keys.filter((key) => !key.includes(delimiter)).length);
    }
  });
  it("an empty bucket is an empty list, and says so", async () => {
    const one = await desk();
    assert.equal((await one.command("device.list()")).length, 0);
    said(one, /^list : 0 entries$/);
  });
  const pages: [what: string, body: string][] = [
    ["a captive portal", "<html><body>Log in</body></html>"], ["nothing", ""], ["half a list", "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size></Contents><Contents><Key>b"],
    ["an error with status 200", "<Error><Code>InternalError</Code></Error>"], ["more without a token", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"],
  ];
  for (const [what, body] of pages) {
    it(`${what} in the place of a list is a failure, not an empty list`, async () => {
      const one = await desk();
      one.cloud.s3.faults.next({ kind: "answer", code: "x", status: 200, body });
      const failed = await failure(one, "device.list()");
      assert.equal(failed.code, "http");
      assert.match(failed.hint, /S3/);
    });
  }
  it("a function that throws in a list is the failure", async () => {
    const one = await desk();
    one.cloud.s3.put("a", Buffer.alloc(0));
    assert.match((await failure(one, 'device.list("",{each:function(){throw "oh"}})')).message, /oh/);
  });

  const cardless: [what: string, lose: (one: Desk) => Promise<unknown> | unknown][] = [
    ["no settings for a card", (one) => one.command("device.configure({card:null})")],
    ["a card that is not in at the start", (one) => { one.board.card!.remove(); one.board.powerCycle(); return one.command("device.syncTime()"); }],
    ["a card that was pulled after a transfer", async (one) => { file(one, "a.txt", 100); await one.command('device.put("a.txt")'); one.board.card!.remove(); }],
    ["a card on pins that this board does not have", (one) => { one.board.powerCycle(); return one.command('device.syncTime().then(function(){return device.configure({card:{cs:"Z9"}})})'); }],
    ["no card, and a copy that a reset interrupted", (one) => { one.board.flash.set("s3.copy", "5 a.txt"); return one.command("device.configure({card:null})"); }],
  ];
  for (const [what, lose] of cardless) {
    it(`head, list, remove, aliases and presign need no card: ${what}`, async () => {
      const one = await desk();
      await lose(one);
      one.cloud.s3.put("b", Buffer.from("hello"));
      assert.equal((await one.command('device.head("b")')).size, 5);
      assert.ok((await one.command("device.list()")).some((entry: any) => entry.key === "b"));
      assert.match(await one.command('device.presign("GET","b",60)'), /^https:/);
      assert.equal((await one.command('device.remove("b")')).key, "b");
      assert.ok((await one.command("device.aliases()")).length > 0);
      assert.equal(one.board.output.filter((line) => /card/i.test(line) && !/^configured: card/.test(line)).length, 0, one.board.output.join("\n"));
      // Not finished and not given up: the card may come back.
      if (what.includes("a copy")) assert.equal(one.board.flash.get("s3.copy"), "5 a.txt");
      // What does need one says so.
      assert.match((await failure(one, 'device.put("a.txt")')).code, /^(card|file-missing)$/);
    });
  }

  it("remove is honest about what is not there, and tells a delete marker", async () => {
    const one = await desk();
    assert.deepEqual({ ...(await one.command('device.remove("nothing")')) }, { key: "nothing" });
    said(one, /whether it was, S3 does not say/);
    one.cloud.s3.faults.next({ kind: "headers", headers: { "x-amz-delete-marker": "true", "x-amz-version-id": "v7" } });
    assert.deepEqual({ ...(await one.command('device.remove("a")')) }, { key: "a", versionId: "v7", deleteMarker: true });
  });

  it("aliases lists all pages, says when there are more, and mends the clock by KMS's date", async () => {
    const one = await desk();
    const all = await one.command("device.aliases()");
    assert.ok([...all].some((entry: any) => entry.alias === one.cloud.alias && entry.keyId === one.cloud.describe().kms.keyId));
    for (let i = 0; i < 150; i++) one.cloud.kms.keys.create(`alias/many-${String(i).padStart(3, "0")}`);
    assert.equal((await one.command("device.aliases({max:500})")).length, all.length + 150);
    assert.equal((await one.command("device.aliases()")).length, 20);
    said(one, /THERE ARE MORE/);
    one.cloud.kms.next({ code: "ThrottlingException" });
    one.cloud.kms.setOffset(1000);
    await one.command("device.aliases()");
    said(one, /the clock is mended/);
  });
  it("aliases explains refusals", async () => {
    const one = await desk();
    one.cloud.policy.deny("kms:ListAliases");
    const failed = await failure(one, "device.aliases()");
    assert.deepEqual([failed.code, failed.cause.code], ["kms", "AccessDeniedException"]);
    assert.match(failed.hint, /kms:ListAliases/);
    one.cloud.policy.allow();
    await one.command('device.configure({credentials:{secretAccessKey:"wrong"}})');
    assert.equal((await failure(one, "device.aliases()")).cause.code, "InvalidSignatureException");
    await one.command('device.configure({credentials:{accessKeyId:"AKIAWRONG"}})');
    assert.equal((await failure(one, "device.aliases()")).cause.code, "UnrecognizedClientException");
    await one.command(`device.configure({credentials:${JSON.stringify(one.cloud.sessionCredentials)}})`);
    assert.ok((await one.command("device.aliases()")).length > 0);
    one.cloud.accessKeys.get(one.cloud.sessionCredentials.accessKeyId)!.expires = 1;
    assert.equal((await failure(one, "device.aliases()")).cause.code, "ExpiredTokenException");
  });
});
