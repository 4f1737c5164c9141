// The shadow service of the local IoT: one state, by MQTT and by HTTPS.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { MqttClient } from "mqtt";
import { listen, moment, mqttClient, rest, until } from "./iot-client";
import { describeVectors } from "../host/vectors";
import { startCloud, type Cloud } from "../../sim/cloud/index";
import { difference, mergeMetadata, metadataOf, readUpdate } from "../../sim/cloud/iot/shadow-document";
import { Shadows } from "../../sim/cloud/iot/shadows";

const NOW = 1_550_843_111_900;
const STAMP = { timestamp: 1_550_843_111 };

/** Levels of names, the deepest of them with a value. */
function nested(levels: number): object {
  return levels === 0 ? {} : levels === 1 ? { deep: 1 } : { deep: nested(levels - 1) };
}

describe("The local IoT's shadows", function () {
  this.timeout(15_000);
  let cloud: Cloud;
  before(async () => (cloud = await startCloud({ now: () => NOW })));
  after(() => cloud.close());
  afterEach(() => cloud.iot.policy.allow());
  let count = 0;
  /** A thing that has no shadow yet. */
  const newThing = () => `thing-${++count}`;
  const path = (thing: string, name?: string) => `/things/${thing}/shadow${name === undefined ? "" : `?name=${name}`}`;
  const post = (thing: string, document: unknown, name?: string) => rest(cloud, "POST", path(thing, name), JSON.stringify(document));

  describeVectors("agree with the vectors", "iot", ({ shadowDelta, shadowMerge, shadowRest, shadowTopics }) => {
    for (const { desired, reported, delta, note } of shadowDelta) {
      it(`on the delta of ${JSON.stringify(desired)} to ${JSON.stringify(reported)}${note ? `: ${note}` : ""}`, async () => {
        const thing = newThing();
        await post(thing, { state: { desired, reported } });
        const { body } = await rest(cloud, "GET", path(thing));
        deepEqual(body.state.delta ?? null, delta);
      });
    }

    for (const { before, update, after, note } of shadowMerge) {
      it(`on how ${JSON.stringify(update)} changes ${JSON.stringify(before)}: ${note}`, async () => {
        const thing = newThing();
        await post(thing, { state: before });
        await post(thing, { state: update });
        deepEqual(cloud.iot.shadows.read(thing)!.state, after);
      });
    }

    it("on what is answered to an update and a get", async () => {
      let now = 1_550_840_430_000;
      const shadows = new Shadows(() => now);
      const [update, get] = shadowRest.examples;
      shadows.set("lnu_001", { desired: { temp: "32" } });
      for (let version = 2; version < 7; version++) shadows.set("lnu_001", { desired: {} });
      now = 1_550_843_111_000;
      const [, body] = update.request.split("\r\n\r\n");
      deepEqual(shadows.update({ thing: "lnu_001" }, Buffer.from(body)), JSON.parse(update.response));
      now = 1_550_843_167_000;
      deepEqual(shadows.get({ thing: "lnu_001" }, Buffer.alloc(0)), JSON.parse(get.response));
    });

    it("on the status and message of every refusal that a request can meet", async () => {
      const messages = new Map<string, [status: number, exception: string]>();
      for (const { status, exception, messages: texts } of shadowRest.errors) for (const text of texts) messages.set(text, [status, exception]);
      const refused = new Map(await Promise.all(REFUSED.map(async ([, body]) => {
        const reply = await rest(cloud, "POST", path(newThing()), body);
        return [reply.body.message as string, [reply.status, reply.headers["x-amzn-errortype"]]] as const;
      })));
      for (const [text, expected] of refused) deepEqual(messages.get(text), expected, text);
      deepEqual([...refused.keys()].sort(), [...messages].flatMap(([text, [status]]) => ([400, 409, 413, 415].includes(status) ? [text] : [])).sort());
    });

    it("on the names of the topics", async () => {
      const client = await mqttClient(cloud, { clientId: "topics" });
      for (const { classic, named, client: role } of shadowTopics) {
        for (const topic of [classic, named].map((one: string) => one.replace("THING", "t").replace("SHADOW", "s"))) {
          if (role === "subscribe") await client.subscribeAsync(topic);
          else await client.publishAsync(topic, "{}", { qos: 1 });
        }
      }
      await client.endAsync();
    });
  });

  const REFUSED: [title: string, body: string | Buffer, status: number, message: string][] = [
    ["text that is no JSON", "{", 400, "Invalid JSON"],
    ["JSON that is no object", "[1]", 400, "Invalid JSON"],
    ["no state", "{}", 400, "Missing required node: state"],
    ["a state that is no object", '{"state":[]}', 400, "State node must be an object"],
    ["desired that is no object", '{"state":{"desired":1}}', 400, "Desired node must be an object"],
    ["reported that is no object", '{"state":{"reported":"x"}}', 400, "Reported node must be an object"],
    ["another section", '{"state":{"delta":{}}}', 400, "State contains an invalid node"],
    ["a version that is none", '{"state":{},"version":"1"}', 400, "Invalid version"],
    ["a version below 0", '{"state":{},"version":-1}', 400, "Invalid version"],
    ["a version that is not the newest", '{"state":{},"version":5}', 409, "Version conflict"],
    ["a token that is no text", '{"state":{},"clientToken":1}', 400, "Invalid clientToken"],
    ["a token of 65 bytes", JSON.stringify({ state: {}, clientToken: "x".repeat(65) }), 400, "Invalid clientToken"],
    ["seven levels", JSON.stringify({ state: { desired: nested(7) } }), 400, "JSON contains too many levels of nesting; maximum is 6"],
    ["over 8 KB", JSON.stringify({ state: { desired: { a: "x".repeat(8192) } } }), 413, "The payload exceeds the maximum size allowed"],
    ["over 8 KB with white space", '{"state":{}}' + " ".repeat(8192), 413, "The payload exceeds the maximum size allowed"],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), 415, "Unsupported documented encoding; supported encoding is UTF-8"],
  ];
  describe("refuse to change to", () => {
    for (const [title, body, status, message] of REFUSED) {
      it(title, async () => {
        const thing = newThing();
        const reply = await rest(cloud, "POST", path(thing), body);
        deepEqual([reply.status, reply.body.message], [status, message]);
        match(reply.body.traceId, /^[0-9a-f-]{36}$/);
        equal(cloud.iot.shadows.read(thing), undefined);
      });
    }

    it("a document that grows over 8 KB, metadata not counted", async () => {
      const thing = newThing();
      equal((await post(thing, { state: { desired: { a: "x".repeat(5000) } } })).status, 200);
      equal((await post(thing, { state: { reported: { a: "x".repeat(5000) } } })).status, 413);
      deepEqual(cloud.iot.shadows.read(thing)!.version, 1);
      equal((await post(newThing(), { state: { desired: { list: Array.from({ length: 4000 }, () => 1) } } })).status, 200);
    });

    it("but take six levels, and a token of 64 bytes", async () => {
      equal((await post(newThing(), { state: { desired: nested(6) }, clientToken: "x".repeat(64) })).status, 200);
    });
  });

  it("are outrun by others, where a test says so: the version is stale by then", async () => {
    const thing = newThing();
    await post(thing, { state: { reported: { a: 1 } } });
    cloud.iot.shadows.outrun(() => ({ reported: { b: 1 } }), 2);
    const codes = [];
    for (const version of [undefined, 2, 3, 4]) codes.push((await post(thing, { state: { reported: { a: 2 } }, ...(version && { version }) })).status);
    deepEqual([codes, cloud.iot.shadows.read(thing)], [[200, 409, 409, 200], { state: { reported: { a: 2, b: 1 } }, version: 5 }]);
  });

  describe("change", () => {
    it("with stamps on every leaf, also of lists, and only on what was sent", async () => {
      const thing = newThing();
      const { body } = await post(thing, { state: { desired: { a: { b: 1 }, c: [1, { d: 2 }], e: null }, reported: {} }, clientToken: "t-1" });
      deepEqual(body, {
        state: { desired: { a: { b: 1 }, c: [1, { d: 2 }], e: null }, reported: {} },
        metadata: { desired: { a: { b: STAMP }, c: [STAMP, { d: STAMP }] }, reported: {} },
        version: 1, timestamp: 1_550_843_111, clientToken: "t-1",
      });
    });

    it("a section away with null", async () => {
      const thing = newThing();
      await post(thing, { state: { desired: { a: 1 }, reported: { a: 1 } } });
      const { body } = await post(thing, { state: { desired: null } });
      deepEqual([body.state, body.metadata], [{ desired: null }, { desired: null }]);
      deepEqual((await rest(cloud, "GET", path(thing))).body, { state: { reported: { a: 1 } }, metadata: { reported: { a: STAMP } }, version: 2, timestamp: 1_550_843_111 });
    });

    const metadata: [title: string, before: any, change: any, after: any][] = [
      ["a leaf that becomes an object", { a: { timestamp: 1 } }, { a: { b: 2 } }, { a: { b: { timestamp: 9 } } }],
      ["an object that becomes a leaf", { a: { b: { timestamp: 1 } } }, { a: 2 }, { a: { timestamp: 9 } }],
      ["what is deleted deep down", { a: { b: { timestamp: 1 }, c: { timestamp: 1 } } }, { a: { b: null } }, { a: { c: { timestamp: 1 } } }],
    ];
    for (const [title, before, change, after] of metadata) it(`keeps metadata in step with ${title}`, () => deepEqual(mergeMetadata(before, change, 9), after));

    it("only from the version that is named, which goes on after a deletion", async () => {
      const thing = newThing();
      const versions = [];
      for (const version of [0, 0, 1]) versions.push((await post(thing, { state: { desired: { a: version } }, version })).status);
      deepEqual(versions, [200, 409, 200]);
      deepEqual((await rest(cloud, "DELETE", path(thing))).body, { version: 2, timestamp: 1_550_843_111 });
      const gone = await rest(cloud, "GET", path(thing));
      deepEqual([gone.status, gone.body.message, gone.headers["x-amzn-errortype"]], [404, `No shadow exists with name: '${thing}'`, "ResourceNotFoundException"]);
      equal((await rest(cloud, "DELETE", path(thing))).status, 404);
      equal((await post(thing, { state: { reported: { b: 1 } } })).body.version, 3);
      deepEqual(cloud.iot.shadows.read(thing)!.state, { reported: { b: 1 } });
    });
  });

  it("give the delta the stamps of what is desired", () => {
    const desired = { a: { x: 1, y: 2 }, b: [1] };
    const delta = difference(desired, { a: { x: 1 }, b: [2] })!;
    deepEqual(metadataOf(delta, { a: { x: { timestamp: 1 }, y: { timestamp: 2 } }, b: [{ timestamp: 3 }] }), { a: { y: { timestamp: 2 } }, b: [{ timestamp: 3 }] });
    equal(difference({ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 1 }] } }), undefined);
    equal(readUpdate(Buffer.from('{"state":{}}')).version, undefined);
  });

  describe("with names", () => {
    it("stand beside the classic one, and are listed page by page", async () => {
      const thing = newThing();
      await post(thing, { state: { desired: { own: 1 } } });
      for (const name of ["b", "$a", "c"]) await post(thing, { state: { desired: { name } } }, name);
      deepEqual((await rest(cloud, "GET", path(thing, "b"))).body.state.desired, { name: "b" });
      deepEqual((await rest(cloud, "GET", path(thing))).body.state.desired, { own: 1 });
      const list = `/api/things/shadow/ListNamedShadowsForThing/${thing}`;
      deepEqual((await rest(cloud, "GET", list)).body, { results: ["$a", "b", "c"], timestamp: 1_550_843_111 });
      const first = (await rest(cloud, "GET", `${list}?pageSize=2`)).body;
      deepEqual(first.results, ["$a", "b"]);
      deepEqual((await rest(cloud, "GET", `${list}?pageSize=2&nextToken=${first.nextToken}`)).body, { results: ["c"], timestamp: 1_550_843_111 });
      await rest(cloud, "DELETE", path(thing, "b"));
      deepEqual((await rest(cloud, "GET", list)).body.results, ["$a", "c"]);
      equal((await rest(cloud, "GET", path(thing, "b"))).body.message, `No shadow exists with name: '${thing}~b'`);
    });
  });

  describe("by HTTPS", () => {
    const rows: [title: string, method: string, path: string, status: number, exception: string][] = [
      ["another method", "PUT", "/things/t/shadow", 405, "MethodNotAllowedException"],
      ["a list that is posted", "POST", "/api/things/shadow/ListNamedShadowsForThing/t", 405, "MethodNotAllowedException"],
      ["a path that is none", "GET", "/things/t", 404, "ResourceNotFoundException"],
      ["a name that is none", "GET", "/things/a%20b/shadow", 400, "InvalidRequestException"],
      ["a thing's name of 129 letters", "GET", `/things/${"t".repeat(129)}/shadow`, 400, "InvalidRequestException"],
      ["an empty shadow name", "GET", "/things/t/shadow?name=", 400, "InvalidRequestException"],
      ["a shadow name of 65 letters", "GET", `/things/t/shadow?name=${"s".repeat(65)}`, 400, "InvalidRequestException"],
      ["percent-encoding that is none", "GET", "/things/%zz/shadow", 400, "InvalidRequestException"],
      ["a page of none", "GET", "/api/things/shadow/ListNamedShadowsForThing/t?pageSize=0", 400, "InvalidRequestException"],
    ];
    for (const [title, method, target, status, exception] of rows) {
      it(`refuse ${title}`, async () => {
        const reply = await rest(cloud, method, target);
        deepEqual([reply.status, reply.headers["x-amzn-errortype"]], [status, exception]);
      });
    }

    const actions: [method: string, action: any, target: string][] = [
      ["GET", "iot:GetThingShadow", "/things/denied/shadow"],
      ["POST", "iot:UpdateThingShadow", "/things/denied/shadow"],
      ["DELETE", "iot:DeleteThingShadow", "/things/denied/shadow"],
      ["GET", "iot:ListNamedShadowsForThing", "/api/things/shadow/ListNamedShadowsForThing/denied"],
    ];
    for (const [method, action, target] of actions) {
      it(`ask the policy for ${action}`, async () => {
        cloud.iot.policy.deny(action, "thing/denied");
        const reply = await rest(cloud, method, target, method === "POST" ? '{"state":{}}' : undefined);
        deepEqual([reply.status, reply.body.message, reply.headers["x-amzn-errortype"]], [403, "Forbidden", "ForbiddenException"]);
      });
    }

    it("ask for a certificate in the handshake, and for an active one after it", async () => {
      const refused = await rest(cloud, "GET", path("t"), undefined, { tls: { cert: undefined, key: undefined } }).catch((error: Error) => error);
      ok(refused instanceof Error);
      cloud.iot.device.active = false;
      equal((await rest(cloud, "GET", path("t"))).status, 403);
      cloud.iot.device.active = true;
    });

    it("meet refusals and other bodies on demand, and remember every request", async () => {
      const { requests } = cloud.iot.rest;
      requests.length = 0;
      cloud.iot.rest.next({ status: 503, message: "", exception: "ServiceUnavailableException" }, { status: 200, body: "<html>" });
      equal((await rest(cloud, "GET", path("t"))).headers["x-amzn-errortype"], "ServiceUnavailableException");
      equal((await rest(cloud, "POST", path("t"), "{}")).body, "<html>");
      cloud.iot.shadows.next({ code: 429 });
      equal((await rest(cloud, "GET", path("t"))).status, 429);
      deepEqual(requests.map(({ method, body, status, exception }) => [method, body, status, exception]), [
        ["GET", "", 503, "ServiceUnavailableException"], ["POST", "{}", 200, ""], ["GET", "", 429, "ThrottlingException"],
      ]);
    });

    it("are not to be had on port 443 without ALPN", async () => {
      for (const tls of [{}, { cert: undefined, key: undefined }]) {
        const reply = await rest(cloud, "GET", path("t"), undefined, { port: cloud.iot.signedOnly.port, tls });
        deepEqual([reply.status, reply.body.message, reply.headers["x-amzn-errortype"]], [403, "Missing Authentication Token", "MissingAuthenticationTokenException"]);
      }
    });
  });

  describe("by MQTT", () => {
    let client: MqttClient;
    let messages: [string, string][];
    before(async () => {
      client = await mqttClient(cloud, { clientId: "shadow-client" });
      messages = listen(client);
      await client.subscribeAsync(["$aws/things/+/shadow/#", "$aws/things/+/shadow/name/+/#"]);
    });
    after(() => client.endAsync());
    /** What comes on the topics of one thing, its requests left out, by topic. */
    const heard = async (thing: string, number: number): Promise<Record<string, any>> => {
      const prefix = `$aws/things/${thing}/shadow/`;
      const own = () => messages.filter(([topic]) => topic.startsWith(prefix) && !/\/(get|update|delete)$/.test(topic));
      await until(() => own().length >= number, `${number} messages`);
      await moment();
      const all = Object.fromEntries(own().map(([topic, text]) => [topic.slice(prefix.length), JSON.parse(text)]));
      messages.length = 0;
      return all;
    };

    it("answer an update, and tell documents and delta", async () => {
      const thing = newThing();
      await client.publishAsync(`$aws/things/${thing}/shadow/update`, '{"state":{"desired":{"a":1,"b":{"c":2}}},"clientToken":"t-1"}');
      const desired = { a: 1, b: { c: 2 } };
      const stamps = { a: STAMP, b: { c: STAMP } };
      const rest = { timestamp: 1_550_843_111, clientToken: "t-1" };
      deepEqual(await heard(thing, 3), {
        "update/accepted": { state: { desired }, metadata: { desired: stamps }, version: 1, ...rest },
        "update/delta": { version: 1, state: desired, metadata: stamps, ...rest },
        "update/documents": {
          previous: { state: {}, metadata: {}, version: 0 },
          current: { state: { desired }, metadata: { desired: stamps }, version: 1 },
          ...rest,
        },
      });
      await client.publishAsync(`$aws/things/${thing}/shadow/update`, '{"state":{"reported":{"a":1,"b":{"c":3}}}}', { qos: 1 });
      const second = await heard(thing, 3);
      deepEqual(second["update/delta"], { version: 2, state: { b: { c: 2 } }, metadata: { b: { c: STAMP } }, timestamp: 1_550_843_111 });
      await client.publishAsync(`$aws/things/${thing}/shadow/update`, '{"state":{"reported":{"b":{"c":2}}}}', { qos: 1 });
      deepEqual(Object.keys(await heard(thing, 2)).sort(), ["update/accepted", "update/documents"]);
    });

    it("answer get and delete, of named ones too", async () => {
      for (const [thing, name] of [[newThing(), undefined], [newThing(), "config"]] as const) {
        const topic = `$aws/things/${thing}/shadow${name === undefined ? "" : `/name/${name}`}`;
        const own = (one: Record<string, any>) => Object.values(one)[0];
        await post(thing, { state: { reported: { a: 1 } } }, name);
        await heard(thing, 2);
        await client.publishAsync(`${topic}/get`, "");
        deepEqual(own(await heard(thing, 1)), { state: { reported: { a: 1 } }, metadata: { reported: { a: STAMP } }, version: 1, timestamp: 1_550_843_111 });
        await client.publishAsync(`${topic}/get`, '{"clientToken":"g"}');
        equal(own(await heard(thing, 1)).clientToken, "g");
        await client.publishAsync(`${topic}/delete`, '{"clientToken":"d"}');
        deepEqual(own(await heard(thing, 1)), { version: 1, timestamp: 1_550_843_111, clientToken: "d" });
        await client.publishAsync(`${topic}/get`, '{"clientToken":"g"}');
        const [[kind, rejected]] = Object.entries(await heard(thing, 1)) as [[string, any]];
        match(kind, /get\/rejected$/);
        deepEqual(rejected, { code: 404, message: `No shadow exists with name: '${thing}${name === undefined ? "" : `~${name}`}'`, timestamp: 1_550_843_111, clientToken: "g" });
      }
    });

    it("reject with the client's token where that can be read", async () => {
      const thing = newThing();
      const rows: [body: string, code: number, token: object][] = [
        ['{"state":{},"version":9,"clientToken":"v"}', 409, { clientToken: "v" }],
        ['{"clientToken":"s"}', 400, { clientToken: "s" }],
        ["{", 400, {}],
        [JSON.stringify({ clientToken: "l", state: { desired: { a: "x".repeat(8200) } } }), 413, { clientToken: "l" }],
      ];
      for (const [body, code, token] of rows) {
        await client.publishAsync(`$aws/things/${thing}/shadow/update`, body);
        const { "update/rejected": { message, ...rejected } } = await heard(thing, 1) as any;
        deepEqual(rejected, { code, timestamp: 1_550_843_111, ...token });
        ok(message.length > 0);
      }
    });

    it("tell what was changed by HTTPS and by the cloud", async () => {
      const thing = newThing();
      await post(thing, { state: { desired: { led: 1 } } });
      deepEqual(Object.keys(await heard(thing, 3)).sort(), ["update/accepted", "update/delta", "update/documents"]);
      cloud.iot.shadows.set(thing, { reported: { led: 0 } }, "n");
      deepEqual(Object.keys(await heard(thing, 2)).sort(), ["name/n/update/accepted", "name/n/update/documents"]);
    });

    it("hear also what is published by HTTPS", async () => {
      const thing = newThing();
      const reply = await rest(cloud, "POST", `/topics/${encodeURIComponent(`$aws/things/${thing}/shadow/update`)}?qos=1`, '{"state":{"reported":{"a":1}}}');
      equal(reply.status, 200);
      deepEqual(Object.keys(await heard(thing, 2)).sort(), ["update/accepted", "update/documents"]);
    });
  });

});
