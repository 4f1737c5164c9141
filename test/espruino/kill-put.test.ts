// A multipart upload whose board loses its power again and again, on the real interpreter: its Storage and its card are files, and survive.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { deviceSettings } from "../../sim/desk";
import { testCloud } from "../cloud/client";
import { Chance } from "../host/chance";
import type { Interpreter } from "./interpreter";
import { boot, bootImage, useInterpreter } from "./suite";

const SIZE = 12 * 1024 * 1024, PARTS = 3, CUTS = 10, SEED = 20261122;

describe("an upload that loses its power, on the real interpreter", function () {
  this.timeout(300000);
  useInterpreter();

  for (const payload of ["signed", "unsigned"]) {
    it(`is right in the end after ${CUTS} cuts, sends no more than one part twice for each, and leaves nothing behind: ${payload}`, async () => {
      const chance = new Chance(SEED);
      const cloud = await testCloud();
      const directory = mkdtempSync(join(tmpdir(), "kill-"));
      let one: Interpreter | undefined;
      try {
        const bytes = createHash("sha512").update("log").digest();
        const log = Buffer.alloc(SIZE);
        for (let at = 0; at < SIZE; at += 64) createHash("sha512").update(bytes).update(String(at)).digest().copy(log, at);
        writeFileSync(join(directory, "log.txt"), log);
        const description = cloud.describe();
        const settings = { s3: { ...(deviceSettings(description)["s3"] as object), payload } };
        one = await bootImage(description, settings, { directory });
        await one.evaluate("device.syncTime()");
        let cuts = 0;
        // The moments cover a whole upload: the first one takes as long as it takes.
        for (let command = 'device.put("log.txt").catch(print)'; cuts < CUTS; command = "device.resume().catch(print)") {
          one.type(command.replace(".catch(print)", ".then(function(){print('all '+'over')},print)"));
          await new Promise((done) => setTimeout(done, chance.between(20, 600)));
          const over: boolean = /all over/.test(one.output);
          await one.stop();
          cuts++;
          if (over) break;
          one = await boot({ directory });
          await one.evaluate("device.syncTime()");
        }
        if (one.ended !== undefined) {
          one = await boot({ directory });
          await one.evaluate("device.syncTime()");
        }
        await one.evaluate("device.resume()", 120000);
        assert.ok(cloud.s3.get("log.txt")!.equals(log), "the object is not the file");
        const begun = cloud.s3.requests.filter((request) => request.operation === "UploadPart" && request.bytes > 0).length;
        console.log(`      ${cuts} cuts, ${begun} parts begun, ${cloud.s3.requests.length} requests`);
        assert.equal(cuts, CUTS, "the upload was over before all cuts were made");
        assert.ok(begun <= PARTS + cuts, `${begun} parts were begun for ${PARTS} and ${cuts} cuts`);
        assert.deepEqual(cloud.s3.uploads(), []);
        assert.deepEqual(await one.evaluate('require("Storage").list().filter(function(n){return n.substr(0,6)=="s3.up.";})'), []);
        // Each upload that was begun and not the one that was completed was aborted; in the usual case there is only one.
        assert.ok(cloud.s3.requests.filter((request) => request.operation === "CompleteMultipartUpload" && request.status === 200).length >= 1);
      } finally {
        await one?.stop();
        await cloud.close();
        rmSync(directory, { recursive: true, force: true });
      }
    });
  }
});
