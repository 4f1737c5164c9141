// Names, documents and refusals of shadows.
import assert from "node:assert/strict";
import { utf8Json } from "../../src/bytes/utf8Json";
import { isShadowName, shadowPath, shadowTopic } from "../../src/iot/shadow";
import type { ShadowRequest } from "../../src/iot/shadow";
import { deltaListener } from "../../src/iot/shadowDelta";
import { readShadow, updateDocument } from "../../src/iot/shadowDocument";
import { shadowRefusal } from "../../src/iot/shadowRefusal";
import { remedy } from "../../src/s3/recover";
import { describeVectors } from "../host/vectors";

const REQUEST: ShadowRequest = { what: "shadow.get", verb: "get", thing: "t", name: "", body: "" };

describeVectors("published shadows", "iot", ({ shadowTopics, shadowRest }) => {
  for (const { classic, named } of shadowTopics) {
    it(classic, () => {
      const end = classic.slice("$aws/things/THING/shadow/".length);
      assert.deepEqual([shadowTopic("THING", "") + end, shadowTopic("THING", "SHADOW") + end], [classic, named]);
    });
  }
  for (const { name, line } of shadowRest.operations) {
    const [, path] = line.split(" ");
    if (name.endsWith("ThingShadow")) it(line, () => assert.deepEqual([shadowPath("THING", ""), shadowPath("THING", "SHADOW")], [path.split("[")[0], path.replace(/[[\]]/g, "")]));
  }
  for (const { status, exception, class: kind, messages } of shadowRest.errors) {
    for (const message of messages.length ? messages : ["m"]) {
      it(`${status} ${message}: ${kind}`, () => {
        const json = JSON.stringify({ message, traceId: "1" });
        const byHttps = shadowRefusal(REQUEST, { status, body: json, headers: { "x-amzn-errortype": exception } }, 8443) as any;
        const byMqtt = shadowRefusal(REQUEST, { status: 0, body: JSON.stringify({ code: status, message, timestamp: 1, clientToken: "t" }) }, 8443) as any;
        for (const failed of [byHttps, byMqtt]) {
          assert.deepEqual([failed.code, failed.cause.status, failed.cause.message], ["iot", status, message]);
          assert.equal(remedy(failed), kind === "retry" || kind === "conflict" ? "retry" : "");
          assert.ok(failed.hint.length > 10);
        }
        assert.equal(byHttps.hint, byMqtt.hint);
      });
    }
  }
  for (const { status, response } of shadowRest.examples) {
    it(`the guide's answer ${response.slice(0, 40)}`, () => {
      const { state, version, timestamp } = JSON.parse(response);
      assert.deepEqual(readShadow(REQUEST, response), { state, version, timestamp });
    });
  }
});

describe("documents of shadows", () => {
  const deep = (levels: number): unknown => (levels ? { a: deep(levels - 1) } : 1);
  const written: [section: "reported" | "desired", state: unknown, body: string | RegExp][] = [
    ["desired", { prop1: "12" }, '{"state":{"desired":{"prop1":"12"}}}'], ["reported", {}, '{"state":{"reported":{}}}'], ["reported", null, '{"state":{"reported":null}}'],
    ["reported", { a: null, b: [1, { c: 2 }] }, '{"state":{"reported":{"a":null,"b":[1,{"c":2}]}}}'], ["reported", deep(6), /a/], ["reported", deep(7), /more than 6 levels/],
    ["reported", { a: [[[[[[1]]]]]] }, /more than 6 levels/], ["reported", [1], /not an object/], ["reported", new Uint8Array(1), /not an object/], ["reported", "a", /not an object/], ["reported", undefined, /not an object/],
    ["reported", { a: "x".repeat(8152 - 31) }, /x/], ["reported", { a: "x".repeat(8152 - 30) }, /8153 bytes/],
  ];
  for (const [section, state, body] of written) {
    it(`${section} ${(JSON.stringify(state) ?? "nothing").slice(0, 40)}: ${String(body).slice(0, 40)}`, () => {
      const told = updateDocument(section, state);
      if (typeof body === "string") assert.equal(told, body);
      else assert.match(typeof told === "string" ? told : told.code + told.message, body);
    });
  }

  const good = JSON.stringify({ state: { reported: { a: "}" } }, metadata: {}, version: 3, timestamp: 5 });
  it("cut anywhere, or with anything after it, an answer is none", () => {
    for (let length = 0; length < good.length; length++) assert.equal((readShadow(REQUEST, good.slice(0, length)) as any).code, "iot", good.slice(0, length));
    for (const body of [good + "x", "[]", "null", '{"version":1}', '{"state":5,"version":1}', '{"state":{},"version":"1"}', "<html>"]) assert.equal((readShadow(REQUEST, body) as any).code, "iot", body);
    assert.deepEqual(readShadow(REQUEST, ` ${good}\n`), { state: { reported: { a: "}" } }, version: 3, timestamp: 5 });
  });
  it("an update and a removal tell the version", () => {
    for (const verb of ["update", "delete"] as const) assert.deepEqual(readShadow({ ...REQUEST, verb }, good), { version: 3, timestamp: 5 });
  });
  it("a rejection that cannot be read is a refusal all the same", () => {
    for (const body of ["", "{", "null", "[1]"]) assert.match((shadowRefusal(REQUEST, { status: 0, body }, 8443) as any).message, /^AWS IoT refused shadow.get/);
  });
  it("403 names the right on the shadow; on port 443 ALPN", () => {
    const refused = (port: number, code = "ForbiddenException") => (shadowRefusal({ ...REQUEST, verb: "update", name: "net" }, { status: 403, body: "", headers: { "x-amzn-errortype": code } }, port) as any).hint;
    assert.match(refused(8443), /iot:UpdateThingShadow on thing\/t\/net\?/);
    assert.match(refused(443), /ALPN/);
    assert.match(refused(8443, "MissingAuthenticationTokenException"), /ALPN/);
  });

  it("topics and paths of a classic and of a named shadow", () => {
    assert.deepEqual([shadowTopic("t:1", ""), shadowTopic("t", "net")], ["$aws/things/t:1/shadow/", "$aws/things/t/shadow/name/net/"]);
    assert.deepEqual([shadowPath("t:1", ""), shadowPath("t", "$n")], ["/things/t%3A1/shadow", "/things/t/shadow?name=%24n"]);
  });
  it("a conflict and a busy service are tried again, by both ways; nothing else is", () => {
    for (const [status, exception] of [[400, ""], [403, ""], [404, ""], [409, "ConflictException"], [413, ""], [429, ""], [500, ""], [503, ""]] as const) {
      const byMqtt = shadowRefusal(REQUEST, { status: 0, body: JSON.stringify({ code: status, message: "m" }) }, 8443) as any;
      const byHttps = shadowRefusal(REQUEST, { status, body: "", headers: { "x-amzn-errortype": exception } }, 8443) as any;
      for (const failed of [byMqtt, byHttps]) assert.equal(remedy(failed), status === 409 || status > 428 ? "retry" : "", String(status));
    }
  });

  const names: [name: unknown, good: boolean][] = [["a", true], ["$a:_-9", true], ["a".repeat(64), true], ["a".repeat(65), false], ["", false], ["a/b", false], ["a b", false], ["é", false], [5, false], [null, false]];
  for (const [name, good] of names) it(`${String(name).slice(0, 10)} is ${good ? "a" : "no"} name`, () => assert.equal(isShadowName(name), good));

  const bytes = (text: string) => Buffer.from(text).toString("latin1");
  const texts: [value: unknown, json: string][] = [
    [{ a: bytes("ß温") }, '{"a":"ß温"}'], [{ a: "ß温" }, '{"a":"ß温"}'], ["\\u00e9", '"\\\\u00e9"'], ["\n\u0001", '"\\n\\u0001"'], [{ [bytes("é")]: 1 }, '{"é":1}'],
  ];
  for (const [value, json] of texts) it(`JSON in UTF-8: ${json}`, () => assert.equal(utf8Json(value), bytes(json)));
  it("what the host escapes byte by byte is UTF-8 again", () => {
    const stringify = JSON.stringify;
    JSON.stringify = (value: unknown) => stringify(value).replace(/[\x7f-\xff]/g, (one) => "\\u00" + one.charCodeAt(0).toString(16).toUpperCase());
    try {
      assert.equal(utf8Json({ a: bytes('é"\\\\u00e9ß\\') }), bytes('{"a":"é\\"\\\\\\\\u00e9ß\\\\"}'));
    } finally {
      JSON.stringify = stringify;
    }
  });
});

describe("deltas of a shadow", () => {
  it("come whole, once, with their version", () => {
    const heard: unknown[] = [];
    const listener = deltaListener((delta, version) => heard.push([delta, version]));
    const message = (version: number) => `{"version":${version},"state":{"led":"on"},"metadata":{}}`;
    const say = (text: string, piece: number) => {
      for (let offset = 0; offset < text.length; offset += piece) listener("t", text.substr(offset, piece), { offset, total: text.length } as any);
    };
    say(message(1), 1);
    say(message(1), 100);
    listener("t", message(2).slice(0, 10), { offset: 0, total: message(2).length } as any);
    say(message(2), 7);
    assert.deepEqual(heard, [[{ led: "on" }, 1], [{ led: "on" }, 2]]);
  });
});
