// ListAliases on the mock socket: pages, what is signed, and what goes wrong on the way.
import assert from "node:assert/strict";
import aws4 from "aws4";
import type { Failure } from "../../src/flow/failure";
import { kmsHost, listAliases, type KmsAccess } from "../../src/kms/listAliases";
import { persistently } from "../../src/device/persist";
import { createHost, type Host } from "../host/host";
import { breakOff, ended, expect, type Row, send } from "../host/script";
import { answer } from "../s3/access";

const KEYS = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
const request: Row = expect(/\r\n\r\n\{[^]*\}$/);
const one = (name: string) => ({ AliasName: "alias/" + name, AliasArn: "arn:" + name, TargetKeyId: "k-" + name });
const page = (names: string[], marker?: string) => JSON.stringify({ Aliases: names.map(one), Truncated: !!marker, ...(marker && { NextMarker: marker }) });
const ok = (body: string): Row[] => [request, send(answer(200, {}, body), 7), ended()];
const refused = (status: number, type: string, message = "Because", headers = {}): Row[] => [request, send(answer(status, { "x-amzn-requestid": "R1", ...headers }, JSON.stringify({ __type: type, message }))), ended()];

function list(connections: Row[][], most = 0, change: Partial<KmsAccess> = {}): { failed: Failure | undefined; more: boolean | undefined; names: string[]; bodies: any[]; heads: string[]; host: Host } {
  const host = createHost();
  for (const rows of connections) host.tls.script(...rows);
  const names: string[] = [];
  const told: [Failure | undefined, boolean | undefined][] = [];
  const access: KmsAccess = { host: kmsHost("eu-central-1"), port: 443, region: "eu-central-1", credentials: () => KEYS, handshakeSeconds: 60, silenceSeconds: 30, persist: (attempt, done) => persistently(host.platform, {}, attempt, done), ...change };
  listAliases(host.platform, access, most, (alias) => void names.push(alias.alias.slice(6)), (failed, more) => told.push([failed, more]));
  host.time.pass(200_000);
  host.verify();
  assert.equal(told.length, 1);
  const sent = host.tls.connections.map((connection) => connection.received.split("\r\n\r\n"));
  return { failed: told[0]![0], more: told[0]![1], names, bodies: sent.map((parts) => JSON.parse(parts[1]!)), heads: sent.map((parts) => parts[0]!), host };
}

describe("ListAliases", () => {
  for (const sessionToken of [undefined, "IQoJb3JpZ2luX2VjE/+="]) {
    it(`is signed as aws4 signs it${sessionToken ? ", with a session token" : ""}`, () => {
      const credentials = { ...KEYS, ...(sessionToken && { sessionToken }) };
      const { heads } = list([ok(page([]))], 7, { credentials: () => credentials, port: 8444, host: "192.168.1.10" });
      const lines = Object.fromEntries(heads[0]!.split("\r\n").slice(1).map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
      const names = Object.keys(lines).filter((name) => !["authorization", "content-length", "connection"].includes(name)).sort();
      const signer = new aws4.RequestSigner({ method: "POST", service: "kms", region: "eu-central-1", path: "/", body: '{"Limit":7}', headers: Object.fromEntries(names.map((name) => [name, lines[name]!])), doNotModifyHeaders: true, extraHeadersToInclude: Object.fromEntries(names.map((name) => [name, true])) } as any, KEYS);
      signer.datetime = "20260601T120000Z";
      assert.match(lines["authorization"]!, new RegExp(`SignedHeaders=${names.join(";")}, Signature=${signer.signature()}$`));
      assert.equal(lines["x-amz-security-token"], sessionToken);
      assert.equal(lines["content-length"], "11");
    });
  }
  it("goes through pages by their markers", () => {
    const { names, bodies, more } = list([ok(page(["a", "b"], 'm"1')), ok(page(["c"], "m2")), ok(page([]))]);
    assert.deepEqual([names, more, bodies], [["a", "b", "c"], false, [{ Limit: 100 }, { Limit: 100, Marker: 'm"1' }, { Limit: 100, Marker: "m2" }]]);
  });
  it("stops at what it wants, also where a server sends more, and says that there is more", () => {
    const { names, more, bodies } = list([ok(page(["a", "b"], "m")), ok(page(["c", "d"], "n"))], 3);
    assert.deepEqual([names, more, bodies[1]], [["a", "b", "c"], true, { Limit: 1, Marker: "m" }]);
  });
  it("hands on each alias once when a page is cut and asked for again", () => {
    const text = answer(200, {}, page(["a", "b", "c"]));
    for (const short of [3, 60, 150, 250]) {
      const { failed, names } = list([[request, send(text.slice(0, -short)), breakOff()], ok(page(["a", "b", "c"]))]);
      assert.deepEqual([failed, names], [undefined, ["a", "b", "c"]]);
    }
  });
  it("does not follow a server that sends the same page for ever", () => assert.equal(list([ok(page(["a"], "m")), ok(page(["a"], "m"))]).failed!.code, "http"));
  for (const body of ["", "<html>Log in</html>", '{"Aliases":[', '{"message":"hello"}']) it(`takes ${body || "nothing"} for no answer`, () => assert.equal(list([ok(body)]).failed!.code, "http"));
  it("mends the clock once by KMS's date", () => {
    const late = refused(400, "InvalidSignatureException", "Signature expired: 20260601T120000Z is now earlier than 20260601T125500Z", { date: "Mon, 01 Jun 2026 13:00:00 GMT" });
    const { failed, names, heads } = list([late, ok(page(["a"]))]);
    assert.deepEqual([failed, names], [undefined, ["a"]]);
    assert.match(heads[1]!, /x-amz-date: 20260601T1300/);
    assert.equal(list([late, late]).failed!.cause!.code, "InvalidSignatureException");
  });
  it("tries again where KMS is busy, and gives up on a refusal with the next step", () => {
    assert.deepEqual(list([refused(400, "ThrottlingException"), refused(500, "KMSInternalException"), ok(page(["a"]))]).names, ["a"]);
    const { failed } = list([refused(400, "AccessDeniedException")]);
    assert.deepEqual([failed!.code, failed!.cause!.requestId], ["kms", "R1"]);
    assert.match(failed!.hint, /kms:ListAliases/);
  });
  it("a refusal on the second page is told, after what came", () => {
    const { failed, names } = list([ok(page(["a"], "m")), refused(400, "InvalidMarkerException")]);
    assert.deepEqual([failed!.cause!.code, names], ["InvalidMarkerException", ["a"]]);
  });
});
