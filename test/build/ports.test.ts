// The house rules of src/: who may import whom, and that nothing but the adapter touches the host.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { breaches } from "../../tools/build/ports.js";

/** file, text, what is said about its last line; undefined: nothing */
const cases: Array<[string, string, RegExp | undefined]> = [
  ["s3/client.ts", 'import { hex } from "../bytes/hex";', undefined],
  ["s3/client.ts", 'import { request } from "../http/client";\nimport { sign } from "../sigv4/signature";', undefined],
  ["s3/client.ts", 'import { parseHead } from "../http/response";', /sees of http only/],
  ["s3/client.ts", 'import type { Head } from "../http/response";', undefined],
  ["s3/client.ts", 'import { type Head } from "../http/response";', undefined],
  ["s3/client.ts", 'import "../http/response";', /sees of http only/],
  ["s3/client.ts", 'export * from "../http/response";', /sees of http only/],
  ["s3/client.ts", 'import { connect } from "../mqtt/client";', /s3 may not import mqtt\/client/],
  ["s3/client.ts", 'import { ship } from "../device/shipper";', /may not import device/],
  ["s3/client.ts", 'import type { Socket } from "../platform/ports";', undefined],
  ["s3/client.ts", 'import { Socket } from "../platform/ports";', /only import types from platform/],
  ["s3/client.ts", 'import { tlsSocket } from "../espruino/sockets";', /may not import espruino/],
  ["s3/client.ts", 'import { createHash } from "crypto";', /may not import crypto/],
  ["s3/client.ts", 'import { start } from "../main";', /may not import main/],
  ["flow/pump.ts", 'import { get } from "../http/client";', /flow may not import http/],
  ["bytes/hex.ts", 'import { pump } from "../flow/pump";', /bytes may not import flow/],
  ["device/commands.ts", 'import { listObjects } from "../s3/list";', undefined],
  ["device/commands.ts", 'import { files } from "../espruino/files";', /device may not import espruino/],
  ["device/commands.ts", 'import type * as info from "../modules/info";', undefined],
  ["device/commands.ts", 'import { helpLines } from "../modules/info";', /device may only import types from modules/],
  ["s3/client.ts", 'import type * as info from "../modules/info";', /s3 may not import modules/],
  ["modules/list.ts", 'export { listObjects } from "../s3/list";', undefined],
  ["modules/list.ts", 'export { helpLines } from "../device/help";', undefined],
  ["modules/list.ts", 'import { files } from "../espruino/files";', /modules may not import espruino/],
  ["modules/list.ts", "export const now = () => Date.now();", /host's Date;/],
  ["main.ts", 'import { files } from "./espruino/files";\nE.on("init", files);', undefined],
  ["espruino/clock.ts", "export const now = () => Date.now() + process.env.X;", undefined],
  ["extra/new.ts", 'import { hex } from "../bytes/hex";', /no row in tools\/build\/ports\.js/],

  ["flow/x.ts", "export const x = [Math.floor(1.5), JSON.stringify({}), new Uint8Array(3), Promise.resolve(1), undefined];", undefined],
  ["flow/x.ts", "export const x = new Date(1000).toISOString() + Date.parse('2026-01-01');", undefined],
  ["flow/x.ts", "export interface Clock { now(): number }\nexport const x = (Date: number, print: Clock) => Date + print.now();", undefined],
  ["flow/x.ts", "const wait: typeof setTimeout | undefined = undefined;", undefined],
  ["flow/x.ts", "export const x = { print: 1, E: 2 }.print;", undefined],
  ["flow/x.ts", "export const x =\n  Date.now();", /host's Date;/],
  ["flow/x.ts", "export const x = new Date();", /host's Date;/],
  ["flow/x.ts", "export const x = Math.random();", /host's Math\.random;/],
  ["flow/x.ts", "interface A { a: number }\n\nsetTimeout(() => undefined, 1);", /host's setTimeout;/],
  ["flow/x.ts", 'const fs = require("fs");', /host's require;/],
  ["flow/x.ts", "print(E.getErrorFlags());", /host's (print|E);/],
  ["flow/x.ts", "export const x = globalThis;", /host's globalThis;/],
  ["flow/x.ts", "export const x = () => typeof process;", /host's process;/],
];

describe("ports", function () {
  this.timeout(20_000);

  for (const [file, text, wanted] of cases) {
    it(`${wanted ? "refuses" : "allows"} in ${file}: ${JSON.stringify(text)}`, () => {
      const found = breaches(file, text);
      if (!wanted) return assert.deepEqual(found, []);
      assert.match(found[0]?.message ?? "", wanted);
      assert.equal(found[0]?.line, text.split("\n").length);
    });
  }

  it("is kept by every module of src/", () => {
    const src = fileURLToPath(new URL("../../src/", import.meta.url));
    const files = (readdirSync(src, { recursive: true }) as string[]).filter((file) => file.endsWith(".ts"));
    const found = files.flatMap((file) => breaches(file.replaceAll("\\", "/"), readFileSync(join(src, file), "utf8")).map((one) => `src/${file}:${one.line}: ${one.message}`));
    assert.deepEqual(found, []);
  });
});
