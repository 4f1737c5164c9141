// What scenarios ask of multipart uploads on a desk.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Desk } from "../../sim/desk";

/** Requests of this kind that S3 answered so. */
export const requests = (one: Desk, operation: string, status = 200) => one.cloud.s3.requests.filter((request) => request.operation === operation && request.status === status);

/** How many parts S3 took. */
export const parts = (one: Desk) => requests(one, "UploadPart").length;

/** What the board has in flash of uploads under way. */
export const journal = (one: Desk) => [...one.board.flash.keys()].filter((name) => name.startsWith("s3.up."));

/** Fails if anything of an upload is left: on S3, in flash or on the card. */
export function clean(one: Desk): void {
  assert.deepEqual([journal(one), one.cloud.s3.uploads()], [[], []]);
  assert.ok(!existsSync(join(one.card, "upload.tmp")));
}
