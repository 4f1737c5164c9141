// presign, putUrl and getUrl as a user types them, on the virtual board against the local cloud.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Desk } from "../../sim/desk";
import { bootedDesk, closeDesks, desk, failure, file, said, signed, underWay } from "./desks";

describe("presigned URLs", function () {
  this.timeout(30000);
  afterEach(() => closeDesks());

  /** What another client gets by a URL. */
  function fetched(one: Desk, url: string, method: string, body?: Buffer): Promise<{ status: number; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, ca: readFileSync(one.cloud.describe().certificates.ca.pem), headers: body ? { "content-length": body.length } : {} }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part) => parts.push(part)).on("end", () => resolve({ status: response.statusCode!, body: Buffer.concat(parts) }));
      });
      sent.on("error", reject).end(body);
    });
  }

  for (const session of [false, true]) {
    it(`presign makes URLs that another client can use and AWS's signer makes as well${session ? ", with a session token" : ""}`, async () => {
      const one = await desk();
      if (session) await one.command(`device.configure({credentials:${JSON.stringify(one.cloud.sessionCredentials)}})`);
      const key = "a b/\u00fc+~%41.txt", body = randomBytes(3000), typed = JSON.stringify(Buffer.from(key).toString("latin1"));
      const put = await one.command(`device.presign("put",${typed},604800)`);
      assert.equal((await fetched(one, put, "PUT", body)).status, 200);
      const get = await one.command(`device.presign("GET",${typed},1)`);
      assert.ok((await fetched(one, get, "GET")).body.equals(body));
      const url = new URL(get);
      const signer = new SignatureV4({ service: "s3", region: one.cloud.s3.region, credentials: session ? one.cloud.sessionCredentials : one.cloud.credentials, sha256: Sha256, uriEscapePath: false, applyChecksum: false });
      const stamp = url.searchParams.get("X-Amz-Date")!;
      const date = new Date(stamp.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z"));
      // The library takes UNSIGNED-PAYLOAD only from a header, which it leaves out of the signature where it is told to.
      const theirs = await signer.presign(
        { method: "GET", protocol: "https:", hostname: url.hostname, port: Number(url.port), path: url.pathname, query: {}, headers: { host: url.host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } },
        { expiresIn: 1, signingDate: date, unhoistableHeaders: new Set(["host", "x-amz-content-sha256"]), unsignableHeaders: new Set(["x-amz-content-sha256"]) },
      );
      assert.equal(url.searchParams.get("X-Amz-Signature"), theirs.query!["X-Amz-Signature"]);
      assert.equal((await fetched(one, await one.command(`device.presign("DELETE",${typed},60)`), "DELETE")).status, 204);
    });
  }
  it("presign refuses while the clock was never set", async () => {
    const one = await bootedDesk();
    assert.equal((await failure(one, 'device.presign("GET","a",60)')).code, "clock-not-set");
  });

  for (const size of [0, 1, 2048, 300000]) {
    it(`putUrl and getUrl move ${size} bytes by URLs of AWS's signer, without s3 settings and credentials`, async () => {
      const one = await desk({ settings: { s3: undefined, credentials: undefined } });
      const bytes = file(one, "log.txt", size);
      const put = await signed(one, "PUT", "logs/a b.txt", { session: size === 1 }), get = await signed(one, "GET", "logs/a b.txt");
      const sent = await one.command(`device.putUrl(${JSON.stringify(put)},"log.txt",${JSON.stringify(get)})`);
      assert.deepEqual([sent.size, sent.verified], [size, true]);
      assert.ok(one.cloud.s3.get("logs/a b.txt")!.equals(bytes));
      assert.equal((await one.command(`device.getUrl(${JSON.stringify(get)})`)).size, size);
      const came = await one.command(`device.getUrl(${JSON.stringify(get)},"back.txt")`);
      assert.deepEqual([came.size, came.path], [size, "back.txt"]);
      assert.ok(readFileSync(join(one.card, "back.txt")).equals(bytes));
      said(one, /good for 9 min|good for 10 min/);
    });
  }
  it("putUrl stores nothing of a file that grows while it is sent", async () => {
    const one = await desk();
    file(one, "log.txt", 3000000);
    const sending = failure(one, `device.putUrl(${JSON.stringify(await signed(one, "PUT", "a"))},"log.txt")`);
    await underWay(one);
    appendFileSync(join(one.card, "log.txt"), "one more line\n");
    assert.equal((await sending).code, "file-changed");
    assert.equal(one.cloud.s3.get("a"), undefined);
  });
  it("getUrl goes on after a cut and leaves the old file until then", async () => {
    const one = await desk();
    const bytes = randomBytes(200000);
    one.cloud.s3.put("a", bytes);
    writeFileSync(join(one.card, "a.bin"), "old");
    one.cloud.s3.faults.next({ kind: "cut", during: "response", afterBytes: 100000 });
    await one.command(`device.getUrl(${JSON.stringify(await signed(one, "GET", "a"))},"a.bin")`);
    assert.ok(readFileSync(join(one.card, "a.bin")).equals(bytes));
    assert.deepEqual(one.cloud.s3.requests.map((request) => request.status), [200, 206]);
  });
  it("refuses before any connection: expired, signed with unknown headers; and says what S3 says of a wrong method", async () => {
    const one = await desk();
    writeFileSync(join(one.card, "log.txt"), "hello");
    const send = (url: string) => failure(one, `device.putUrl(${JSON.stringify(url)},"log.txt")`);
    assert.equal((await send(await signed(one, "PUT", "a", { time: Date.now() - 700000 }))).code, "url-expired");
    assert.match((await send(await signed(one, "PUT", "a", { headers: { "content-type": "text/plain" } }))).message, /content-type/);
    assert.equal(one.cloud.s3.requests.length, 0);
    assert.match((await send(await signed(one, "GET", "a"))).hint, /method/);
    one.cloud.s3.setOffset(1000);
    assert.equal((await send(await signed(one, "PUT", "a"))).code, "url-expired");
    assert.equal(one.cloud.s3.get("a"), undefined);
  });
  it("putUrl notices that the URL for GET shows something else", async () => {
    const one = await desk();
    writeFileSync(join(one.card, "log.txt"), "hello");
    one.cloud.s3.put("other", Buffer.from("longer than that"));
    const failed = await failure(one, `device.putUrl(${JSON.stringify(await signed(one, "PUT", "a"))},"log.txt",${JSON.stringify(await signed(one, "GET", "other"))})`);
    assert.equal(failed.code, "s3-incomplete");
  });
});
