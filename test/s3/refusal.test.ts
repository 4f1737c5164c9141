// Refusals become failures with S3's own words, and a next step.
import assert from "node:assert/strict";
import { XMLBuilder } from "fast-xml-parser";
import { describeVectors } from "../host/vectors";
import { refusalHint } from "../../src/s3/hint";
import { readRefusal } from "../../src/s3/refused";
import { xmlText } from "../../src/s3/xml";

describe("the XML reader", () => {
  it("gives the text of an element as a library wrote it", () => {
    for (const text of ["plain", "a < b && c > d", "\"quoted\" 'twice'", "", "&amp; already", "a;b&c;d", "100 & more"]) {
      const xml = new XMLBuilder({}).build({ Error: { Code: "X", Message: text } });
      assert.equal(xmlText(xml, "Message"), text, xml);
    }
  });
  it("resolves numeric references and leaves unknown entities alone", () => assert.equal(xmlText("<M>&#65;&#x42;&nope;&#300;&</M>", "M"), "AB&nope;&#300;&"));
  it("answers nothing for an element that is cut off or not there", () => {
    for (const xml of ["", "<Code>", "<Code>x</Cod", "<Codes>x</Codes>", "<code>x</code>"]) assert.equal(xmlText(xml, "Code"), "");
  });
});

describe("a refusal", () => {
  const response = (status: number, headers = {}) => ({ status, headers });

  it("holds status, code, message and request id, and says what was asked", () => {
    const failed = readRefusal("PUT a.txt", response(403), "<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>R1</RequestId></Error>");
    assert.equal(failed.message, "S3 refused PUT a.txt: 403 AccessDenied, Access Denied");
    assert.deepEqual(failed.cause, { status: 403, code: "AccessDenied", message: "Access Denied", requestId: "R1" });
    assert.match(failed.hint, /policy/);
  });
  it("takes the request id from the header when the body has none", () => assert.equal(readRefusal("HEAD a", response(403, { "x-amz-request-id": "H1" }), "").cause!.requestId, "H1"));
  it("names the right region in the hint", () => {
    const failed = readRefusal("GET a", response(301), "<Error><Code>PermanentRedirect</Code><Region>us-west-2</Region></Error>");
    assert.match(failed.hint, /region:"us-west-2"/);
    assert.equal(readRefusal("HEAD a", response(400, { "x-amz-bucket-region": "eu-west-3" }), "").cause!.region, "eu-west-3");
  });
  it("names no region that the request was signed for", () => {
    for (const signed of ["eu-west-3", "us-west-2"]) {
      const failed = readRefusal("PUT a", response(400, { "x-amz-bucket-region": "eu-west-3" }), "<Error><Code>InvalidArgument</Code></Error>", signed);
      assert.equal(/region/.test(failed.hint), signed !== "eu-west-3", failed.hint);
    }
  });
  it("of a proxy that sends HTML is one line with the status", () => assert.equal(readRefusal("GET a", response(502), "<html><body>Bad gateway</body></html>").message, "S3 refused GET a: 502"));

  describeVectors("the known codes", "s3-errors", (vectors: any) => {
    for (const { status, code } of vectors.codes) {
      it(`${status} ${code} has a hint of one line`, () => {
        const hint = refusalHint(code, status);
        assert.ok(hint.length > 15 && hint.length < 200 && !hint.includes("\n"), hint);
      });
    }
  });
});
