// The answer of ListAliases in any slices, and what KMS's refusals become.
import assert from "node:assert/strict";
import { createAliasReader, type Alias } from "../../src/kms/aliasesJson";
import { kmsRefusal } from "../../src/kms/refusal";
import { remedy } from "../../src/s3/recover";

function read(text: string, slice: number): { aliases: Alias[]; failed: any; next: string | undefined } {
  const aliases: Alias[] = [];
  const reader = createAliasReader((alias) => void aliases.push(alias));
  let failed: any;
  for (let at = 0; at < text.length; at += slice) failed = failed || reader.feed(text.slice(at, at + slice));
  failed = failed || reader.end();
  return { aliases, failed, next: failed ? undefined : reader.next() };
}

const one = { AliasName: "alias/a", AliasArn: "arn:aws:kms:r:1:alias/a", TargetKeyId: "k1", CreationDate: 1.5 };
const two = { AliasName: "alias/aws/ebs", AliasArn: "arn:2" };
const answers: [what: string, text: string, aliases: string[], next: string][] = [
  ["a last page", JSON.stringify({ Aliases: [one, two], Truncated: false }), ["alias/a", "alias/aws/ebs"], ""],
  ["a page", JSON.stringify({ Aliases: [one], NextMarker: "m==", Truncated: true }), ["alias/a"], "m=="],
  ["other order and spaces", ` { "Truncated" : true , "NextMarker" : "m" , "Aliases" : [ ${JSON.stringify(two, null, 1)} , ${JSON.stringify(one)} ] } `, ["alias/aws/ebs", "alias/a"], "m"],
  ["none", '{"Aliases":[],"Truncated":false}', [], ""],
];
const garbage = ["", "{", "{}", "<html>", '{"Aliases":[', '{"Aliases":[]', '{"Aliases":[{"AliasName":1}],"Truncated":false}', '{"Aliases":[{"AliasName":"a"', '{"Aliases":[],"Truncated":true}', "[]", '{"Aliases":[{x}],"Truncated":false}'];

describe("aliases of KMS", () => {
  for (const [what, text, aliases, next] of answers) {
    for (const slice of [1, 3, 1000]) {
      it(`reads ${what} in slices of ${slice}`, () => {
        const found = read(text, slice);
        assert.deepEqual([found.failed, found.aliases.map((alias) => alias.alias), found.next], [undefined, aliases, next]);
      });
    }
  }
  it("gives name, ARN and key id, no key id where there is no key", () => {
    assert.deepEqual(read(answers[0]![1], 10).aliases, [{ alias: "alias/a", arn: "arn:aws:kms:r:1:alias/a", keyId: "k1" }, { alias: "alias/aws/ebs", arn: "arn:2" }]);
  });
  for (const text of garbage) for (const slice of [1, 1000]) it(`takes ${JSON.stringify(text)} in slices of ${slice} for no answer`, () => assert.equal(read(text, slice).failed?.code, "http"));
  it("stops at an endless answer", () => assert.equal(read("x".repeat(10000), 500).failed.code, "http"));

  const refusals: [status: number, body: string, code: string, hint: RegExp, remedy: string][] = [
    [400, '{"__type":"AccessDeniedException","Message":"User is not authorized"}', "AccessDeniedException", /kms:ListAliases/, ""],
    [400, '{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}', "UnrecognizedClientException", /accessKeyId/, "credentials"],
    [400, '{"__type":"ExpiredTokenException","message":"expired"}', "ExpiredTokenException", /fresh/, "credentials"],
    [400, '{"__type":"InvalidSignatureException","message":"The request signature we calculated does not match\\n\\nThe Canonical"}', "InvalidSignatureException", /secretAccessKey/, ""],
    [400, '{"__type":"InvalidSignatureException","message":"Signature expired: 1 is now earlier than 2"}', "InvalidSignatureException", /syncTime/, "clock"],
    [400, '{"__type":"InvalidSignatureException","message":"Signature not yet current: 1"}', "InvalidSignatureException", /syncTime/, "clock"],
    [400, '{"__type":"InvalidSignatureException","message":"Credential should be scoped to a valid region."}', "InvalidSignatureException", /region/, ""],
    [400, '{"__type":"IncompleteSignatureException","message":"x"}', "IncompleteSignatureException", /proxy/, ""],
    [400, '{"__type":"com.amazonaws.kms#ThrottlingException","message":"Rate exceeded"}', "ThrottlingException", /again/, "retry"],
    [500, '{"__type":"KMSInternalException"}', "KMSInternalException", /again/, "retry"],
    [403, "<html>", "", /proxy/, ""], [302, "", "", /proxy/, ""], [400, '{"__type":5}', "", /proxy/, ""], [400, "null", "", /proxy/, ""],
  ];
  for (const [status, body, code, hint, way] of refusals) {
    it(`${status} ${body.slice(0, 60)} is ${code || "no word of KMS"}: ${way || "given up"}`, () => {
      const failed = kmsRefusal({ status, headers: { date: "Mon, 01 Jun 2026 12:00:00 GMT", "x-amzn-requestid": "r" } }, body);
      assert.deepEqual([failed.code, failed.cause!.code, failed.cause!.requestId, remedy(failed)], ["kms", code, "r", way]);
      assert.match(failed.hint, hint);
      assert.ok(!failed.message.includes("\n"));
    });
  }
});
