// AWS's signing test suite (aws-c-auth), the S3 documentation's examples and the primitives, from the shared test data.
import assert from "node:assert/strict";
import { percentEncode } from "../../src/bytes/percent";
import { toUtf8 } from "../../src/bytes/utf8";
import { amzDate } from "../../src/sigv4/amzDate";
import type { Pair } from "../../src/sigv4/canonicalRequest";
import { canonicalHeaders, canonicalQuery, canonicalRequest, canonicalUri, canonicalValue, normalisePath, parseQuery } from "../../src/sigv4/canonicalRequest";
import { EMPTY_HASH } from "../../src/sigv4/chunkSignature";
import type { HmacKey } from "../../src/sigv4/hmac";
import { hmacHex, hmacKey, sha256Hex } from "../../src/sigv4/hmac";
import { presign } from "../../src/sigv4/presign";
import { authorization, sign } from "../../src/sigv4/signature";
import { signingKey } from "../../src/sigv4/signingKey";
import { credentialScope, stringToSign } from "../../src/sigv4/stringToSign";
import { hash } from "../host/hash";
import { describeVectors } from "../host/vectors";

const fromHex = (hex: string) => Buffer.from(hex, "hex").toString("latin1");
const bytePairs = (list: [string, string][]) => list.map((pair): Pair => [pair[0], toUtf8(pair[1])]);

/** What a case of the suite signs, in the terms of the firmware. */
function suiteCase(vector: any): { request: Parameters<typeof sign>[2]; key: ReturnType<typeof signingKey>; token: string | undefined; signed: Pair[] } {
  const { request, options, credentials, amzDate: date, region, service } = vector;
  const headers = bytePairs(request.headers);
  const signed: Pair[] = [["X-Amz-Date", date]];
  const token = options.omitSessionTokenFromSignature ? undefined : credentials.sessionToken;
  if (token) signed.push(["X-Amz-Security-Token", token]);
  if (options.signBody) signed.push(["x-amz-content-sha256", request.bodySha256]);
  return {
    request: { method: request.method, path: toUtf8(request.path), query: parseQuery(toUtf8(request.query)), headers, payloadHash: options.signBody ? request.bodySha256 : EMPTY_HASH },
    key: signingKey(hash, credentials.secretAccessKey, credentialScope(date, region, service)),
    token,
    signed,
  };
}

describeVectors("AWS's signing test suite", "sigv4-test-suite", (vectors) => {
  let matched = 0;

  for (const vector of vectors.cases) {
    const { amzDate: date, region, service, options } = vector;
    // A path that shall not be normalised is what S3's rule is for: encoded already, signed as it is. The service only names the key.
    const rule = options.normalizePath ? service : "s3";

    it(`is matched in the header form: ${vector.name}`, () => {
      const { request, key, signed } = suiteCase(vector);
      const headers = canonicalHeaders(request.headers.concat(signed));
      const path = options.normalizePath ? request.path : percentEncode(request.path, true);
      const canonical = canonicalRequest(request.method, canonicalUri(path, rule), canonicalQuery(request.query), headers.block, headers.names, request.payloadHash);
      const scope = credentialScope(date, region, service);
      const text = stringToSign(hash, date, scope, canonical);
      const signature = hmacHex(hash, key, text);
      assert.deepEqual([canonical, text, headers.names, signature], [toUtf8(vector.header.canonicalRequest), vector.header.stringToSign, vector.header.signedHeaders, vector.header.signature]);
      assert.equal(authorization(vector.credentials.accessKeyId, { canonicalRequest: canonical, stringToSign: text, signedHeaders: headers.names, scope, signature }), vector.header.authorization);
      if (options.normalizePath) assert.equal(sign(hash, key, { ...request, headers: request.headers.concat(signed) }, date, region, service).signature, signature);
      matched++;
    });

    it(`is matched in the query form: ${vector.name}`, () => {
      const { request, key, token } = suiteCase(vector);
      const keyId = vector.credentials.accessKeyId;
      if (options.normalizePath) {
        const signed = presign(hash, key, request, date, region, service, keyId, options.expiresSeconds, token);
        assert.deepEqual([signed.canonicalRequest, signed.stringToSign, signed.signedHeaders, signed.signature], [toUtf8(vector.query.canonicalRequest), vector.query.stringToSign, vector.query.signedHeaders, vector.query.signature]);
      } else {
        // The rule of S3 with the scope of another service: only the steps can do that, `presign` takes both from one name.
        const query = canonicalQuery(parseQuery(vector.query.canonicalRequest.split("\n")[2]));
        const headers = canonicalHeaders(request.headers);
        const canonical = canonicalRequest(request.method, canonicalUri(percentEncode(request.path, true), rule), query, headers.block, headers.names, request.payloadHash);
        const text = stringToSign(hash, date, credentialScope(date, region, service), canonical);
        assert.deepEqual([canonical, text, hmacHex(hash, key, text)], [vector.query.canonicalRequest, vector.query.stringToSign, vector.query.signature]);
      }
      matched++;
    });
  }

  it(`is matched in all ${vectors.counts.signatures} signatures`, () => assert.equal(matched, vectors.counts.signatures));
});

describeVectors("the examples of the S3 documentation", "s3-doc-examples", (vectors) => {
  for (const { name, request, expected, credentials, region, service, amzDate: date } of vectors.cases) {
    it("are matched: " + name, () => {
      const key = signingKey(hash, credentials.secretAccessKey, credentialScope(date, region, service));
      assert.equal(percentEncode(toUtf8("/" + request.key), true), request.path);
      const signed = sign(hash, key, { ...request, headers: bytePairs(request.headers) }, date, region, service);
      assert.deepEqual([signed.canonicalRequest, signed.stringToSign, signed.signedHeaders, signed.signature], [expected.canonicalRequest, expected.stringToSign, expected.signedHeaders, expected.signature]);
      if (expected.authorization) assert.equal(authorization(credentials.accessKeyId, signed), expected.authorization.replaceAll(",S", ", S"));
    });
  }
  it(`are ${vectors.counts.cases}`, () => assert.equal(vectors.cases.length, vectors.counts.cases));
});

describeVectors("the primitives of signing", "primitives", (vectors) => {
  it(`match ${vectors.sha256.length} hashes`, () => {
    for (const row of vectors.sha256) assert.equal(sha256Hex(hash, fromHex(row.hex)), row.sha256);
  });
  it(`match ${vectors.hmacSha256.length} HMACs`, () => {
    for (const row of vectors.hmacSha256) {
      const mac = hmacHex(hash, hmacKey(hash, fromHex(row.keyHex)), fromHex(row.dataHex));
      assert.equal(mac.slice(0, row.mac.length), row.mac);
    }
  });
  it(`match ${vectors.keyDerivation.length} signing keys`, () => {
    for (const row of vectors.keyDerivation) {
      const mac = (key: HmacKey) => hmacHex(hash, key, "proof");
      assert.equal(mac(signingKey(hash, row.secretAccessKey, credentialScope(row.date, row.region, row.service))), mac(hmacKey(hash, fromHex(row.kSigning))));
    }
  });
  const tables: [string, (input: any) => string, any[], string, string][] = [
    ["paths normalised", normalisePath, vectors.normalizePath.cases, "input", "normalized"],
    ["dates", amzDate, vectors.dates, "unixMs", "amzDate"],
    ["header values", canonicalValue, vectors.headerValueTrim, "input", "canonical"],
  ];
  for (const [title, act, rows, input, output] of tables) {
    it(`match ${rows.length} ${title}`, () => {
      for (const row of rows) assert.equal(act(row[input]), row[output], JSON.stringify(row));
    });
  }
});
