// Progress in words.
import assert from "node:assert/strict";
import { bytesText, progressText } from "../../src/flow/progress";

describe("bytesText", () => {
  const rows: [bytes: number, text: string][] = [
    [0, "0 B"], [1, "1 B"], [512, "512 B"], [512.4, "512 B"], [1023, "1023 B"], [1024, "1.0 KiB"], [8192, "8.0 KiB"], [1536, "1.5 KiB"],
    [1048576, "1.0 MiB"], [10485760, "10.0 MiB"], [5368709120, "5120.0 MiB"],
  ];
  for (const [bytes, text] of rows) it(`writes ${bytes} as ${text}`, () => assert.equal(bytesText(bytes), text));
});

describe("progressText", () => {
  const rows: [title: string, moved: number, total: number, seconds: number, text: string][] = [
    ["tells share, bytes, rate and what is left", 3670016, 10485760, 17, "35 %, 3.5 MiB of 10.0 MiB, 210.8 KiB/s, 32 s left"],
    ["tells no rate before any time has passed", 0, 1000, 0, "0 %, 0 B of 1000 B"],
    ["tells no rate while nothing has moved", 0, 1000, 5, "0 %, 0 B of 1000 B"],
    ["never says 100 % before the last byte", 9999, 10000, 10, "99 %, 9.8 KiB of 9.8 KiB, 1000 B/s, 1 s left"],
    ["says 100 % at the end", 10000, 10000, 10, "100 %, 9.8 KiB of 9.8 KiB, 1000 B/s, 0 s left"],
    ["says 100 % of an empty file", 0, 0, 1, "100 %, 0 B of 0 B"],
  ];
  for (const [title, moved, total, seconds, text] of rows) it(title, () => assert.equal(progressText(moved, total, seconds), text));
});
