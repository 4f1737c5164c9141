// firmware/aws: policies that give no more than is needed, and all that is. The local cloud enforces them where it can.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { closeDesks, desk, failure, file, powerCycle, until } from "../scenarios/desks";
import { blocks, guides, read } from "./pages";

type Statement = { Sid?: string; Effect: "Allow" | "Deny"; Principal?: unknown; Action: string | string[]; Resource?: string | string[]; Condition?: Record<string, Record<string, unknown>> };
const folder = new URL("../../firmware/aws/", import.meta.url);
const files = readdirSync(folder).sort();
const parsed = (name: string) => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
const statements = (name: string): Statement[] => parsed(name).Statement ?? [];
const list = (value: string | string[] | undefined): string[] => (value === undefined ? [] : typeof value === "string" ? [value] : value);
const allowed = (...names: string[]) => new Set(names.flatMap(statements).filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => list(Action)));

/** Allowed statements whose resource is "*", each with its reason. */
const WHOLE: Record<string, string> = {
  "role-policy-more.json NamesOfKeys": "kms:ListAliases cannot be given for one key",
  "kms-key-policy.json PeopleOfTheAccountManageIt": "in a key's policy * is this key",
  "kms-key-policy.json ByS3AndForThisBucketOnly": "in a key's policy * is this key",
};
const THING = "${iot:Connection.Thing.ThingName}", CREDENTIALS_THING = "${credentials-iot:ThingName}";

describe("policies in firmware/aws", () => {
  it("are JSON of the current version, and the guide uses every file, and no other", () => {
    const names = (text: string) => new Set([...text.matchAll(/([\w.-]+\.json)\b/g)].map((found) => found[1]!).filter((name) => !name.startsWith("settings.")));
    const named = names(blocks("firmware/README.md").map(({ text }) => text).join());
    assert.deepEqual(files.filter((name) => !named.has(name)), [], "not in firmware/README.md");
    for (const name of named) assert.ok(files.includes(name), `${name} is not there`);
    for (const name of files) assert.ok(parsed(name).Rules || parsed(name).Version === "2012-10-17", name);
  });

  for (const name of files.filter((name) => statements(name).length)) {
    it(`${name} allows no wildcard actions, and resources of its own only`, () => {
      for (const { Sid = "", Effect, Principal, Action, Resource, Condition } of statements(name)) {
        const where = `${name} ${Sid}`;
        if (Effect === "Deny") {
          assert.ok(Condition, `${where}: a denial without a condition shuts everybody out`);
          continue;
        }
        for (const action of list(Action)) assert.match(action, /^(s3|kms|iot|sts):[A-Za-z]+$/, `${where}: ${action}`);
        assert.notEqual(Principal, "*", where);
        for (const resource of list(Resource)) {
          if (resource === "*") assert.ok(WHOLE[where], `${where}: *`);
          else assert.match(resource, /^arn:aws:(s3:::my-device-logs(\/|$)|kms:eu-central-1:111122223333:key\/[0-9a-f-]{36}$|iot:eu-central-1:111122223333:)/, where);
          if (/:(client|topic|topicfilter)\//.test(resource)) assert.match(resource, name === "iot-policy.json" ? /\$\{iot:Connection\.Thing\.ThingName\}/ : /board-17/, where);
          if (/^arn:aws:s3/.test(resource) && resource.includes("/")) assert.ok(resource.endsWith(name === "user-policy.json" ? "/board-17/*" : `/${CREDENTIALS_THING}/*`), `${where}: ${resource}`);
        }
        if (list(Action).includes("s3:ListBucket")) assert.equal(Condition?.["StringLike"]?.["s3:prefix"], `${CREDENTIALS_THING}/*`, where);
        if (list(Action).some((action) => /^kms:(Generate|Decrypt)/.test(action))) assert.equal(Condition?.["StringEquals"]?.["kms:ViaService"], "s3.eu-central-1.amazonaws.com", where);
      }
    });
  }

  it("those of AWS IoT are no longer than it takes, 2,048 characters without white space", () => {
    for (const name of ["iot-policy.json", "iot-policy-https.json"]) assert.ok(JSON.stringify(parsed(name)).length <= 2048, name);
  });

  it("the role is taken by the credentials provider only, uploads end after some days, objects are encrypted with the key of the policies", () => {
    assert.deepEqual(statements("role-trust.json"), [{ Effect: "Allow", Principal: { Service: "credentials.iot.amazonaws.com" }, Action: "sts:AssumeRole" }]);
    const [rule] = parsed("bucket-lifecycle.json").Rules;
    assert.deepEqual([rule.Status, rule.Filter, rule.AbortIncompleteMultipartUpload.DaysAfterInitiation], ["Enabled", { Prefix: "" }, 7]);
    const key = parsed("bucket-encryption.json").Rules[0].ApplyServerSideEncryptionByDefault.KMSMasterKeyID;
    for (const name of ["role-policy.json", "user-policy.json"]) assert.deepEqual(statements(name).filter(({ Action }) => list(Action).includes("kms:Decrypt")).map(({ Resource }) => Resource), [key]);
  });

  it("every action that a guide names is given by one of them, and every action given is named by a guide", () => {
    const all = allowed(...files);
    const named = new Set(guides().flatMap((page) => [...read(page).matchAll(/`?\b((?:s3|kms|iot):[A-Z][A-Za-z]+)\b/g)].map((found) => found[1]!)));
    // Not actions: endpoint types, error codes of our own spelling, what only an administrator does.
    const NOT = ["iot:Data", "iot:CredentialProvider", "iot:Connection", "iot:ClientId", "iot:Jobs", "s3:CreateBucket"];
    assert.deepEqual([...named].filter((action) => !all.has(action) && !NOT.includes(action)), [], "named and not given");
    assert.deepEqual([...allowed("user-policy.json")].sort(), [...allowed("role-policy.json")].sort(), "a static key may do what the role may");
    const ours = allowed("iot-policy.json", "iot-policy-https.json", "role-policy.json", "role-policy-more.json", "user-policy.json");
    assert.deepEqual([...ours].filter((action) => !named.has(action)), [], "given and not named");
  });
});

describe("policies in firmware/aws, enforced by the local cloud", function () {
  this.timeout(60_000);
  afterEach(() => closeDesks());
  const MIB = 1024 * 1024;

  it("the role allows all that put, get and resume ask for, and the other one what the rest asks for", async () => {
    const one = await desk({ iot: true });
    const asked = new Set<string>();
    const denies = one.cloud.policy.denies.bind(one.cloud.policy);
    one.cloud.policy.denies = (action, key) => (asked.add(action), denies(action, key));
    file(one, "log.txt", 9 * MIB);
    await one.command('device.configure({s3:{encryption:{mode:"aws:kms"}}})');
    await one.command('device.put("log.txt")');
    await one.command('device.put("log.txt","board-17/one",{multipart:false})');
    await one.command('device.get("board-17/one","one.txt")');
    const before = one.cloud.s3.requests.length;
    void one.command('device.put("log.txt","board-17/two")');
    // The first part is there, the second is not.
    await until(() => one.cloud.s3.requests.slice(before).filter(({ bytes }) => bytes > 200_000).length === 2);
    await powerCycle(one);
    assert.equal((await one.command("device.resume()")).finished.length, 1);
    const role = allowed("role-policy.json");
    for (const action of ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts"]) assert.ok(asked.has(action), [...asked].join());
    assert.deepEqual([...asked].filter((action) => action.startsWith("s3:") && !role.has(action) && action !== "s3:ListBucketMultipartUploads"), []);
    asked.clear();
    const { host, port } = one.cloud.kms;
    await one.command(`device.configure({kms:{endpoint:"${host}",port:${port}}})`);
    await one.command('device.list("board-17/")');
    await one.command('device.head("board-17/one")');
    await one.command('device.remove("board-17/one")');
    await one.command("device.aliases()");
    const both = allowed("role-policy.json", "role-policy-more.json");
    assert.ok(asked.has("s3:ListBucket") && asked.has("s3:DeleteObject") && asked.has("kms:ListAliases"), [...asked].join());
    assert.deepEqual([...asked].filter((action) => /^(s3|kms):/.test(action) && !both.has(action)), []);
  });

  it("the certificate may connect, talk on its own topics, keep its shadow and take jobs", async () => {
    const one = await desk();
    one.cloud.iot.policy.document = parsed("iot-policy.json");
    one.board.run("got=[];hear=function(t,p){got.push(t+' '+p)}");
    await one.command('device.configure({iot:{jobs:true,inbox:"board-17/in"}})');
    await one.command("device.connect()");
    await one.command('device.subscribe("board-17/commands",hear)');
    await one.command('device.publish("board-17/state",{temperature:21.5},{retain:true})');
    await one.cloud.iot.mqtt.publish("board-17/commands", "hello", { qos: 1 });
    await until(() => (one.board.run("got") as string[]).length === 1);
    await one.command('device.shadow.report({led:"off"})');
    assert.equal((await one.command("device.shadow.get()")).version, 1);
    assert.equal(one.cloud.iot.rest.requests.length, 0, "the shadow went by MQTT");
    file(one, "log.txt", 2000);
    one.cloud.iot.jobs.create("board-17", "a", { operation: "upload", path: "log.txt", key: "board-17/log.txt" });
    await until(() => one.cloud.iot.jobs.execution("board-17", "a")!.status === "SUCCEEDED");
    assert.deepEqual(one.cloud.iot.mqtt.closings.filter((why) => /polic|denied|forbid/i.test(JSON.stringify(why))), []);
  });

  for (const [what, command] of [
    ["publish for another", 'device.publish("board-18/state",1)'], ["change another's shadow", 'device.publish("$aws/things/board-18/shadow/update","{}")'],
    ["listen to all", 'device.subscribe("#",hear)'], ["listen to another", 'device.subscribe("board-18/commands",hear)'],
  ] as const) {
    it(`the certificate may not ${what}`, async () => {
      const one = await desk();
      one.cloud.iot.policy.document = parsed("iot-policy.json");
      one.board.run("hear=function(){}");
      await one.command("device.connect()");
      const before = one.cloud.iot.mqtt.closings.length;
      void one.command(command).catch(() => undefined);
      await until(() => one.cloud.iot.mqtt.closings.length > before);
    });
  }

  it("a client id that is not the thing's name may not connect", async () => {
    const one = await desk();
    one.cloud.iot.policy.document = parsed("iot-policy.json");
    await one.command('device.configure({iot:{clientId:"board-18"}})');
    assert.match((await failure(one, "device.connect()")).code, /^mqtt-/);
  });

  it("by HTTPS the shadow and single messages need the other policy", async () => {
    const one = await desk();
    one.cloud.iot.policy.document = parsed("iot-policy.json");
    assert.equal((await failure(one, "device.shadow.get()")).cause.status, 403);
    one.cloud.iot.policy.document = { Version: "2012-10-17", Statement: [...parsed("iot-policy.json").Statement, ...parsed("iot-policy-https.json").Statement] };
    for (const name of ["", ',"network"']) await one.command(`device.shadow.report({led:"off"}${name})`);
    await one.command('device.shadow.remove("network")');
    await one.command('device.publish("board-17/state",1,{https:true,retain:true})');
    assert.equal((await failure(one, 'device.publish("board-18/state",1,{https:true})')).cause.status, 403);
  });
});
