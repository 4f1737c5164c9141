// device.presign: URLs as another signer makes them, from settings and clock alone.
import assert from "node:assert/strict";
import aws4 from "aws4";
import { createContext } from "../../src/device/context";
import { presignCommand } from "../../src/device/presign";
import type { Failure } from "../../src/flow/failure";
import { createHost, type Host } from "../host/host";

const KEYS = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
const TOKEN = "IQoJb3JpZ2luX2VjE/+=" + "s".repeat(400);
const SETTINGS = { s3: { bucket: "logs", region: "eu-central-1" }, credentials: { source: "static", ...KEYS } };

function presign(settings: object, method: unknown, key: unknown, seconds: unknown, host = createHost()): { failed: Failure | undefined; url: string; host: Host } {
  host.flash.flash.write("settings.json", JSON.stringify(settings));
  host.card.pullOut();
  const told: [Failure | undefined, string][] = [];
  presignCommand({ platform: host.platform, context: createContext(host.platform), runner: undefined as never }, () => {}, (failed, url) => told.push([failed, url]), method, key, seconds);
  host.time.settle();
  host.verify();
  assert.equal(told.length, 1);
  assert.deepEqual([host.network.ups, host.tls.connections.length], [0, 0], "the network is left alone");
  return { failed: told[0]![0], url: told[0]![1], host };
}

const places: [what: string, s3: object, authority: string, root: string][] = [
  ["virtual-host style", {}, "logs.s3.eu-central-1.amazonaws.com", "/"],
  ["path style for a name with dots", { bucket: "my.logs" }, "s3.eu-central-1.amazonaws.com", "/my.logs/"],
  ["China", { region: "cn-north-1" }, "logs.s3.cn-north-1.amazonaws.com.cn", "/"],
  ["an endpoint", { endpoint: { host: "192.168.1.10", port: 8443 } }, "192.168.1.10:8443", "/logs/"],
  ["an endpoint in virtual-host style", { endpoint: { host: "minio.local", port: 9000, style: "virtual" } }, "logs.minio.local:9000", "/"],
];
const keys = ["a.txt", "logs/2026/a b+c.txt", "tilde~(paren)*!'.txt", "gr\u00fc\u00dfe/\u65e5\u672c\u{1f697}.txt", "a=b&c?d#e.txt", "pct%41.txt", "//two", "dots/../x", "line\nend", "<&\">", "/", "\u00fc".repeat(512)];

describe("presign", () => {
  for (const [what, s3, authority, root] of places) {
    for (const sessionToken of [undefined, TOKEN]) {
      it(`${what}${sessionToken ? ", with a session token" : ""}: each method and odd key as aws4 signs it`, () => {
        const settings = { s3: { ...SETTINGS.s3, ...s3 }, credentials: { ...SETTINGS.credentials, ...(sessionToken && { sessionToken }) } };
        for (const method of ["GET", "PUT", "HEAD", "DELETE"]) {
          for (const key of keys) {
            const { url, failed } = presign(settings, method, key, 3600);
            assert.equal(failed, undefined);
            const path = root + key.split("/").map((part) => encodeURIComponent(part).replace(/[!'()*]/g, (char) => "%" + char.charCodeAt(0).toString(16).toUpperCase())).join("/");
            assert.ok(url.startsWith(`https://${authority}${path}?`), url);
            const query = new URLSearchParams(url.slice(url.indexOf("?") + 1));
            const signer = new aws4.RequestSigner({ method, service: "s3", region: settings.s3.region, path: `${path}?X-Amz-Expires=3600`, headers: { Host: authority }, signQuery: true }, { ...KEYS, ...(sessionToken && { sessionToken }) });
            signer.datetime = "20260601T120000Z";
            const theirs = new URLSearchParams((signer as unknown as { sign(): { path: string } }).sign().path.slice(path.length + 1));
            assert.deepEqual([...query].sort(), [...theirs].sort());
          }
        }
      });
    }
  }

  const seconds: [value: unknown, fine: boolean][] = [[1, true], [604800, true], [0, false], [604801, false], [-1, false], [1.5, false], [NaN, false], [Infinity, false], ["60", false], [undefined, false], [null, false]];
  for (const [value, fine] of seconds) it(`${String(value)} seconds are ${fine ? "taken" : "refused"}`, () => assert.equal(presign(SETTINGS, "GET", "k", value).failed?.code, fine ? undefined : "argument"));
  for (const method of ["POST", "", undefined, 5, "GET ", "get\n"]) it(`the method ${JSON.stringify(method)} is refused`, () => assert.equal(presign(SETTINGS, method, "k", 60).failed!.code, "argument"));
  for (const key of ["", undefined, 5, "\u00fc".repeat(512) + "a"]) it(`the key ${String(key).slice(0, 10)} is refused`, () => assert.equal(presign(SETTINGS, "GET", key, 60).failed!.code, "argument"));

  const missing: [what: string, settings: object, code: string][] = [
    ["no settings", {}, "settings"], ["no credentials", { s3: SETTINGS.s3 }, "settings"],
    ["a mistake", { ...SETTINGS, s3: { bucket: "A_B", region: "eu-central-1" } }, "settings"], ["a temporary key without its token", { ...SETTINGS, credentials: { source: "static", ...KEYS, accessKeyId: "ASIAIOSFODNN7EXAMPLE" } }, "settings"],
  ];
  for (const [what, settings, code] of missing) {
    it(`${what} is told with the next step`, () => {
      const { failed } = presign(settings, "GET", "k", 60);
      assert.equal(failed!.code, code);
      assert.match(failed!.hint, /device\.configure/);
      assert.ok(!JSON.stringify(failed).includes(KEYS.secretAccessKey));
    });
  }
  it("a clock that was never set is told", () => assert.equal(presign(SETTINGS, "GET", "k", 60, createHost({ clockSet: false })).failed!.code, "clock-not-set"));
  it("says when the URL ends, that whoever has it can use it, and that it does not check the owner", () => {
    const { host, url } = presign({ ...SETTINGS, s3: { ...SETTINGS.s3, expectedOwner: "111122223333" } }, "get", "k", 3600);
    assert.ok(!/owner/i.test(url));
    assert.deepEqual(host.printed, [url, "presign GET k: good until 2026-06-01T13:00:00.000Z; whoever has the URL can use it", "  the URL does not check s3.expectedOwner"]);
  });
});
