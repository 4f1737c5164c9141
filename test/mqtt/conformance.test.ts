// Every statement of MQTT 3.1.1 that binds a client has a test that names it, or stands here with the reason why it has none.
import assert from "node:assert/strict";
import fs from "node:fs";
import { describeVectors } from "../host/vectors";

const WITHOUT: Record<string, string> = {
  "MQTT-3.1.3-5": "what a server has to accept; our ids are the user's",
  "MQTT-6.0.0-1": "no WebSocket: boards speak TLS",
  "MQTT-6.0.0-2": "no WebSocket",
  "MQTT-6.0.0-3": "no WebSocket",
  "MQTT-7.1.2-1": "all the others together",
  "MQTT-7.1.2-2": "TCP and TLS are such a stream; test/mqtt/interop.test.ts runs over them",
};

const directory = new URL(".", import.meta.url);
/** The titles of the tests, as far as a statement can stand in them. */
const titles = fs.readdirSync(directory).filter((name) => name.endsWith(".test.ts") && name !== "conformance.test.ts").map((name) => fs.readFileSync(new URL(name, directory), "utf8")).join("\n");
const named = new Set([...titles.matchAll(/(?:it\(|\[)\s*["'`][^"'`\n]*/g)].flatMap(([title]) => title.match(/MQTT-\d+\.\d+\.\d+-\d+/g) ?? []));

describeVectors("MQTT conformance", "mqtt311-conformance", (vectors) => {
  for (const { id, role, text } of vectors.statements) {
    it(`${id} (${role}) ${text}`, () => {
      if (id in WITHOUT) assert.ok(!named.has(id), "it has a test and a reason to have none");
      else assert.ok(named.has(id), "no test names it");
    });
  }
});

describe("MQTT conformance, what has no test", () => {
  for (const [id, reason] of Object.entries(WITHOUT)) it(`${id}: ${reason}`, () => assert.ok(reason));
});
