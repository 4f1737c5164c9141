// The options of put: which are known, what each may be, and the headers they become.
import assert from "node:assert/strict";
import type { Failure } from "../../src/flow/failure";
import { readPutOptions } from "../../src/s3/putOptions";
import type { PutChoice } from "../../src/s3/putOptions";

const good: [options: any, settings: any, expected: Partial<PutChoice["plan"]>][] = [
  [undefined, {}, { signed: true, headers: [], conditions: [] }],
  [{}, { payload: "unsigned" }, { signed: false }],
  [{ payload: "signed" }, { payload: "unsigned" }, { signed: true }],
  [{ contentType: "text/plain; charset=utf-8", storageClass: "STANDARD_IA" }, {}, { headers: [["content-type", "text/plain; charset=utf-8"], ["x-amz-storage-class", "STANDARD_IA"]] }],
  [{ metadata: { Device: "board-17", "a.b_c": "1" } }, {}, { headers: [["x-amz-meta-device", "board-17"], ["x-amz-meta-a.b_c", "1"]] }],
  [{ metadata: { a: "x".repeat(2047) } }, {}, { headers: [["x-amz-meta-a", "x".repeat(2047)]] }],
  [{ ifNoneMatch: "*" }, {}, { conditions: [["if-none-match", "*"]] }],
  [{ ifMatch: '"e1"' }, {}, { conditions: [["if-match", '"e1"']] }],
  [{ encryption: { mode: "AES256" } }, { encryption: { mode: "aws:kms" } }, { headers: [["x-amz-server-side-encryption", "AES256"]] }],
];
const bad: [options: any, named: RegExp][] = [
  ["text", /^The options are "text"/], [[1], /^The options are \[1\]/], [{ contentTyp: "a/b" }, /no option contentTyp/],
  [{ payload: "Unsigned" }, /payload/], [{ multipart: 1 }, /multipart/], [{ partSize: 5242879 }, /partSize/], [{ partSize: "8 MiB" }, /partSize/], [{ contentType: "text" }, /contentType/],
  [{ contentType: "text/pl\r\nx: y" }, /contentType/], [{ metadata: "x" }, /metadata/], [{ metadata: { a: 5 } }, /metadata/], [{ metadata: { a: "gr\u00fcn" } }, /metadata/],
  [{ metadata: { "a b": "x" } }, /metadata/], [{ metadata: { a: "x", A: "y" } }, /metadata/], [{ metadata: { a: "x".repeat(2048) } }, /metadata/], [{ metadata: { a: " x" } }, /metadata/], [{ metadata: { a: "" } }, /metadata/],
  [{ storageClass: "standard" }, /storageClass/], [{ ifNoneMatch: '"e1"' }, /ifNoneMatch/], [{ ifMatch: "" }, /ifMatch/], [{ ifMatch: '"a"', ifNoneMatch: "*" }, /exclude/],
  [{ encryption: { mode: "rot13" } }, /encryption/], [{ encryption: { mode: "AES256", keyId: "x" } }, /encryption/], [{ encryption: { mode: "aws:kms", key: "x" } }, /encryption/],
  [{ encryption: { mode: "aws:kms", context: { a: 5 } } }, /encryption/], [{ encryption: { mode: "aws:kms", context: ["x"] } }, /encryption/],
];

/** As the interpreter has text: one character a byte. */
const bytes = (text: string) => Buffer.from(text).toString("latin1");
const contexts: Record<string, string>[] = [{}, { device: "board-17" }, { "ger\u00e4t": "b\u00fcro \u{1f697}" }, { 'a"\\': "line\n\t\u0001\u007f end", "\\u00C3": "\\\\" }];

describe("options of put", () => {
  for (const context of contexts) {
    it(`makes UTF-8 JSON of the context ${JSON.stringify(context)}, whether its texts are characters or bytes`, () => {
      for (const given of [context, Object.fromEntries(Object.entries(context).map(([name, text]) => [bytes(name), bytes(text)]))]) {
        const choice = readPutOptions(undefined, { encryption: { mode: "aws:kms", context: given } }) as PutChoice;
        const [name, value] = choice.plan.headers[1]!;
        assert.equal(name, "x-amz-server-side-encryption-context");
        assert.deepEqual(JSON.parse(Buffer.from(value, "base64").toString()), context);
      }
    });
  }
  for (const encryption of [{ mode: "AES256", keyId: "x" }, { mode: "aws:kms", context: "text" }, { mode: "aws:kms", context: { a: null } }]) {
    it(`refuses the settings s3.encryption ${JSON.stringify(encryption)}`, () => assert.equal((readPutOptions(undefined, { encryption }) as Failure).code, "settings"));
  }
  for (const [options, settings, expected] of good) {
    it(`takes ${JSON.stringify(options)?.slice(0, 80)}`, () => {
      const choice = readPutOptions(options, settings) as PutChoice;
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(choice.plan[name as "headers"], value);
    });
  }
  for (const [options, named] of bad) {
    it(`refuses ${JSON.stringify(options).slice(0, 80)}, with an example`, () => {
      const failed = readPutOptions(options, {}) as Failure;
      assert.equal(failed.code, "argument");
      assert.match(failed.message, named);
      assert.match(failed.hint, /For example|Known options: payload, multipart|Take one/);
    });
  }
});
