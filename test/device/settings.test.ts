// Settings: every mistake is named with its path, what was found and an example; secrets are never repeated.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { checkSettings } from "../../src/device/settings/check";
import { mergeSettings, writeSettings } from "../../src/device/settings/configure";
import { readSettings } from "../../src/device/settings/store";

const example = () => JSON.parse(readFileSync(new URL("../../firmware/settings.example.json", import.meta.url), "utf8"));

function messages(change: (settings: any) => void): string[] {
  const settings = example();
  change(settings);
  return checkSettings(settings).map((mistake) => mistake.message);
}

const iot = (will: unknown) => ({ endpoint: "a.b", thingName: "t", will });

describe("settings", () => {
  it("a will may have all its members, a payload that goes as JSON, and the longest topics", () => {
    for (const will of [{ topic: "x".repeat(256) }, { topic: "a/b/c/d/e/f/g/h", payload: "", qos: 0, retain: false }, { topic: "$aws/rules/r/a/b/c/d/e/f/g/h", payload: { lost: true }, qos: 1, retain: true }])
      assert.deepEqual(messages((s) => (s.iot = iot(will))), []);
  });

  it("the example has no mistake", () => assert.deepEqual(checkSettings(example()), []));
  it("no settings at all are no mistake: each command says what it misses", () => assert.deepEqual(checkSettings({}), []));

  const mistakes: [what: string, change: (s: any) => void, message: string | RegExp][] = [
    ["a missing member", (s) => delete s.s3.bucket, 's3.bucket: missing, for example "my-device-logs"'],
    ["a section that is a text", (s) => (s.s3 = "x"), 's3: found "x", should be an object'],
    ["a section that is a list", (s) => (s.s3 = []), "s3: found a list, should be an object"],
    ["an unknown name", (s) => (s.s3.buckett = "x"), /^s3\.buckett: not a setting; known here: bucket, region/],
    ["an unknown section", (s) => (s.s4 = {}), /^s4: not a setting; known here: wifi, card/],
    ["an underscore in a bucket", (s) => (s.s3.bucket = "test_bucket"), /^s3\.bucket: found "test_bucket", .*underscore/],
    ["capitals in a bucket", (s) => (s.s3.bucket = "Logs"), /lower case/],
    ["a bucket of two characters", (s) => (s.s3.bucket = "ab"), /3 to 63/],
    ["a bucket with a path", (s) => (s.s3.bucket = "logs/a"), /bucket name alone/],
    ["two dots in a bucket", (s) => (s.s3.bucket = "a..b"), /bucket name alone/],
    ["a hyphen at the end of a bucket", (s) => (s.s3.bucket = "abc-"), /bucket name alone/],
    ["a region that is none", (s) => (s.s3.region = "Frankfurt"), /^s3\.region: .*a region's code, for example "eu-central-1"/],
    ["a URL for a host", (s) => (s.s3.endpoint = { host: "https://s3.local/" }), /^s3\.endpoint\.host: .*without https:\/\/ and path/],
    ["a host with a port", (s) => (s.s3.endpoint = { host: "s3.local:443" }), /without a port/],
    ["a host with an underscore", (s) => (s.s3.endpoint = { host: "my_host" }), /underscore/],
    ["a port of 0", (s) => (s.s3.endpoint = { host: "a", port: 0 }), /^s3\.endpoint\.port: found 0, should be a whole number from 1 to 65535, for example 443/],
    ["a port as text", (s) => (s.s3.endpoint = { host: "a", port: "443" }), /^s3\.endpoint\.port: found "443"/],
    ["a style that is none", (s) => (s.s3.endpoint = { host: "a", style: "vhost" }), /one of virtual, path/],
    ["an empty list of servers", (s) => (s.time.servers = []), /^time\.servers: found a list, should be a list of at least one host/],
    ["a URL among the servers", (s) => (s.time.servers = ["ntp://x"]), /^time\.servers/],
    ["a server with a port beyond 65535", (s) => (s.time.servers = [{ host: "a", port: 70000 }]), /a port from 1 to 65535/],
    ["an IoT endpoint with a port beyond 65535", (s) => (s.iot = { endpoint: { host: "a", port: 70000 }, thingName: "t" }), /^iot\.endpoint: found an object, should be a host with a port from 1 to 65535/],
    ["an IoT endpoint that is a URL", (s) => (s.iot = { endpoint: { host: "https://a/" }, thingName: "t" }), /^iot\.endpoint: .*without https/],
    ["a will that is a text", (s) => (s.iot = iot("gone")), 'iot.will: found "gone", should be an object'],
    ["a will without a topic", (s) => (s.iot = iot({ payload: "x" })), 'iot.will.topic: missing, for example "board-17/lost"'],
    ["a will to a topic that is a number", (s) => (s.iot = iot({ topic: 5 })), /^iot\.will\.topic: found 5, should be a topic of/],
    ["a will to a wildcard", (s) => (s.iot = iot({ topic: "a/#" })), /^iot\.will\.topic: found "a\/#", should be a topic of at most 256 bytes and 7 slashes, without \+ and #/],
    ["a will to another wildcard", (s) => (s.iot = iot({ topic: "+/a" })), /^iot\.will\.topic/],
    ["a will to a topic with U+0000", (s) => (s.iot = iot({ topic: "a\0" })), /^iot\.will\.topic/],
    ["a will to a topic of 257 bytes", (s) => (s.iot = iot({ topic: "x".repeat(257) })), /^iot\.will\.topic/],
    ["a will to a topic of 8 slashes", (s) => (s.iot = iot({ topic: "a/b/c/d/e/f/g/h/i" })), /^iot\.will\.topic/],
    ["a will of QoS 2", (s) => (s.iot = iot({ topic: "a", qos: 2 })), "iot.will.qos: found 2, should be a whole number from 0 to 1, for example 1"],
    ["a will whose retain is a number", (s) => (s.iot = iot({ topic: "a", retain: 1 })), /^iot\.will\.retain: .*true or false/],
    ["a name that a will does not have", (s) => (s.iot = iot({ topic: "a", message: "x" })), "iot.will.message: not a setting; known here: topic, payload, qos, retain"],
    ["a pin that is nothing", (s) => (s.card.cs = ""), /^card\.cs: found an empty text, should be a pin, for example "D5"/],
    ["a temporary key without its token", (s) => (s.credentials = { source: "static", accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: "x" }), /^credentials\.sessionToken: missing/],
    ["static credentials without a secret", (s) => (s.credentials = { source: "static", accessKeyId: "AKIAIOSFODNN7EXAMPLE" }), /^credentials\.secretAccessKey: missing/],
    ["iot credentials without a role alias", (s) => (s.credentials = { source: "iot", endpoint: "a.b" }), /^credentials\.roleAlias: missing/],
    ["a source that is none", (s) => (s.credentials.source = "env"), /^credentials\.source: found "env", should be one of static, iot/],
    ["an account number that is a number", (s) => (s.s3.expectedOwner = 111122223333), /12 digits, as text/],
    ["an encryption mode that is none", (s) => (s.s3.encryption = { mode: "kms" }), /AES256, aws:kms/],
    ["a flag as text", (s) => (s.s3.encryption = { mode: "aws:kms", bucketKey: "yes" }), /true or false/],
    ["null for a section", (s) => (s.wifi = null), "wifi: found null, should be an object"],
  ];
  for (const [what, change, message] of mistakes) {
    it(`names ${what}`, () => {
      const found = messages(change);
      assert.equal(found.length, 1, found.join("\n"));
      if (typeof message === "string") assert.equal(found[0], message);
      else assert.match(found[0]!, message);
    });
  }

  it("never repeats a secret, whatever is wrong with it", () => {
    for (const secret of ["with-line-end\n", " leading", 12345, true, ["list-of-it"]]) {
      const found = messages((s) => (s.credentials.secretAccessKey = secret)).join("\n");
      assert.match(found, /^credentials\.secretAccessKey: found /);
      assert.ok(!found.includes(String(secret).trim()));
    }
  });

  it("names all mistakes at once", () => {
    assert.equal(messages((s) => Object.assign(s.s3, { bucket: "A", region: 1, endpoint: 5 })).length, 3);
  });

  it("merges objects, replaces lists and values, takes away what is null, and leaves the old ones alone", () => {
    const old = { a: { b: 1, c: [1, 2] }, d: "x" };
    assert.deepEqual(mergeSettings(old, { a: { c: [3], e: { f: 1 } }, d: null }), { a: { b: 1, c: [3], e: { f: 1 } } });
    assert.deepEqual(old, { a: { b: 1, c: [1, 2] }, d: "x" });
  });

  function flash(tornAt = Infinity) {
    const records = new Map<string, string>();
    let writes = 0;
    return {
      records,
      read: (name: string) => records.get(name),
      erase: (name: string) => void records.delete(name),
      list: () => [...records.keys()],
      write: (name: string, data: string) => {
        if (++writes === tornAt) {
          records.delete(name);
          throw new Error("power cut");
        }
        records.set(name, data);
        return true;
      },
    };
  }

  it("keeps the old or the new settings whichever write a power cut hits", () => {
    for (const at of [1, 2]) {
      const one = flash(at);
      one.records.set("settings.json", '{"logLevel":"info"}');
      assert.throws(() => writeSettings(one, { logLevel: "debug" }));
      assert.ok(["info", "debug"].includes(readSettings(one).settings["logLevel"]));
    }
  });

  it("a record that is not JSON is a failure and not an empty list of settings", () => {
    const one = flash();
    one.records.set("settings.json", "{torn");
    assert.equal(readSettings(one).failed!.code, "settings");
  });
});
