// What device.publish and subscribe refuse before anything is sent.
import assert from "node:assert/strict";
import { createRunner } from "../../src/device/command";
import { createContext } from "../../src/device/context";
import { publishCommand } from "../../src/device/messages";
import type { Services } from "../../src/device/seldom";
import { createHost } from "../host/host";

describe("arguments of device.publish", () => {
  const self: { o?: unknown } = {};
  self.o = self;
  const wrong: [name: string, payload: unknown, options: unknown, code: string, hint: RegExp][] = [
    ["a number for options", "x", 1, "argument", /qos/], ["null for options", "x", null, "argument", /qos/], ["a list for options", "x", [1], "argument", /qos/],
    ["QoS 3", "x", { qos: 3 }, "argument", /AWS IoT knows 0 and 1/], ["retain that is a text", "x", { retain: "no" }, "argument", /retain:true/],
    ["a function", () => 1, undefined, "argument", /device\.publish/], ["what holds itself", self, undefined, "argument", /device\.publish/],
    ["too long for flash", "x".repeat(1024), undefined, "queue-full", /while there is a connection/], ["an object too long for memory", { a: "x".repeat(4000) }, undefined, "memory", /several messages/],
  ];
  for (const [name, payload, options, code, hint] of wrong) {
    it(`${name}: ${code}`, () => {
      const host = createHost();
      host.memory.used = 5600;
      host.memory.total = 6500;
      const services = { platform: host.platform, context: createContext(host.platform) } as Services;
      services.runner = createRunner(services);
      let told: any;
      publishCommand(services, () => {}, (failed) => void (told = failed), "a", payload, options);
      assert.equal(told.code, code);
      assert.match(told.hint, hint);
    });
  }
});
