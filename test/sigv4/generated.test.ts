// 3,000 random requests: the firmware, the AWS SDK's signer and aws4 must agree on canonical request and signature.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Pair } from "../../src/sigv4/canonicalRequest";
import { amzDate } from "../../src/sigv4/amzDate";
import { presign } from "../../src/sigv4/presign";
import { sign } from "../../src/sigv4/signature";
import { signingKey } from "../../src/sigv4/signingKey";
import { credentialScope } from "../../src/sigv4/stringToSign";
import { Chance } from "../host/chance";
import { hash } from "../host/hash";
import { aws4Opinion, type Opinion, type PlainRequest, smithy } from "./libraries";
import { randomRequest } from "./requests";

const COUNT = 3000;
/** Another seed is another 3,000 requests: SIGV4_SEED=7 npx mocha ... */
const SEED = Number(process.env["SIGV4_SEED"] ?? 20260101);

/** Text as the board has it: the bytes of its UTF-8. */
const bytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");
const pairs = (list: [string, string][]) => list.map((pair): Pair => [bytes(pair[0]), bytes(pair[1])]);

/** What the firmware makes of a request. */
function firmware(request: PlainRequest): Opinion & { query?: string } {
  const { credentials, region, service } = request;
  const date = amzDate(request.time);
  const key = signingKey(hash, credentials.secretAccessKey, credentialScope(date, region, service));
  const headers = pairs(request.headers);
  const payloadHash = request.payload ?? createHash("sha256").update(request.body).digest("hex");
  const signing = { method: request.method, path: request.path, query: pairs(request.query), headers, payloadHash };
  if (request.expires !== undefined) {
    return presign(hash, key, signing, date, region, service, credentials.accessKeyId, request.expires, credentials.sessionToken);
  }
  headers.push(["x-amz-date", date]);
  if (credentials.sessionToken) headers.push(["x-amz-security-token", credentials.sessionToken]);
  return sign(hash, key, signing, date, region, service);
}

describe(`${COUNT} generated requests (seed ${SEED})`, () => {
  const chance = new Chance(SEED);
  const requests = Array.from({ length: COUNT }, () => randomRequest(chance));

  const libraries: [string, (request: PlainRequest) => Opinion | Promise<Opinion>][] = [["@smithy/signature-v4", smithy], ["aws4", aws4Opinion]];
  for (const [name, opinion] of libraries) {
    for (const s3 of [true, false]) {
      const some = requests.filter((request) => (request.service === "s3") === s3);
      it(`are signed as ${name} signs them: ${s3 ? "S3" : "other services"}, ${some.length} requests`, async () => {
        for (const request of some) {
          const ours = firmware(request);
          const theirs = await opinion(request);
          const shown = JSON.stringify(request, null, 1);
          assert.equal(ours.canonicalRequest, bytes(theirs.canonicalRequest), shown);
          assert.equal(ours.signature, theirs.signature, shown);
        }
      }).timeout(60_000);
    }
  }

  it("give presigned queries that a URL parser reads back as they were meant", () => {
    const presigned = requests.filter((request) => request.expires !== undefined);
    for (const request of presigned) {
      const read = [...new URL("https://h/?" + firmware(request).query).searchParams].map((pair) => pair.join("="));
      for (const pair of request.query) assert.ok(read.includes(pair.join("=")), JSON.stringify(request));
      assert.match(read[read.length - 1]!, /^X-Amz-Signature=[0-9a-f]{64}$/);
    }
    assert.ok(presigned.length > COUNT / 10);
  });

  it("cover what they are made for", () => {
    const count = (is: (request: PlainRequest) => boolean) => requests.filter(is).length;
    const repeated = (names: string[]) => new Set(names).size < names.length;
    const covered = {
      presigned: count((request) => request.expires !== undefined),
      tokens: count((request) => request.credentials.sessionToken !== undefined),
      repeatedParameters: count((request) => repeated(request.query.map((pair) => pair[0]))),
      repeatedHeaders: count((request) => repeated(request.headers.map((pair) => pair[0].toLowerCase()))),
      dotSegments: count((request) => /\/\.\.?(\/|$)/.test(request.path)),
      emptySegments: count((request) => request.path.includes("//")),
      wideKeys: count((request) => /%[C-F]/.test(request.path)),
      emptyValues: count((request) => request.query.some((pair) => pair[1] === "")),
    };
    for (const [what, times] of Object.entries(covered)) assert.ok(times >= 100, what + ": " + times);
  });
});
