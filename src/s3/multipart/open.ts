// What the journal has of an upload in parts, and in how many parts a file goes up.
import { failure } from "../../flow/failure";
import type { Failure } from "../../flow/failure";
import type { Platform } from "../../platform/ports";
import { CHUNK } from "../chunkedBody";
import { journalName, readJournal } from "../journal";
import type { UploadPlan, UploadRecord } from "../journal";
import type { S3Access } from "../signedRequest";
import type { Upload } from "./upload";

/** The least S3 takes for any part but the last. */
export const LEAST_PART = 5242880;
/** No more parts than the board can hold the ETags of; S3 would take 10,000. */
const MOST_PARTS = 100;

/** The size of the parts of a file: 5 MiB or as `wanted`, more for files that would have more than 100, whole chunks. */
export function partSizeOf(size: number, wanted: number): number {
  const least = Math.ceil(size / MOST_PARTS / CHUNK) * CHUNK;
  const chosen = Math.ceil((wanted || LEAST_PART) / CHUNK) * CHUNK;
  return least > chosen ? least : chosen;
}

function nothing(): void {}

/** Opens the upload: finds what the journal has of it. Failure: file-missing. */
export function open(platform: Platform, access: S3Access, path: string, key: string, plan: UploadPlan, partSize: number): Upload | Failure {
  const info = platform.files.stat(path);
  if (!info) return failure("file-missing", "There is no file " + path + " on the card", "Names as on the card, without a leading slash; is the card in?");
  const bucket = access.settings.bucket;
  const name = journalName(platform, bucket, path, key);
  const kept = readJournal(platform, name);
  const old = kept && kept.record;
  const fresh: UploadRecord = {
    path: path, key: key, bucket: bucket, size: info.size, modified: info.modified, plan: plan, began: platform.clock.now(), since: 0,
    uploadId: "", partSize: partSizeOf(info.size, partSize), parts: 0, etags: "", crc: 0, abandoned: [], over: false,
  };
  const same = old && !old.over && old.size == info.size && old.modified == info.modified && JSON.stringify(old.plan) == JSON.stringify(plan)
    && (!partSize || old.partSize == fresh.partSize);
  const record = same ? old! : fresh;
  if (old && !same) {
    record.abandoned = old.abandoned;
    if (old.uploadId) record.abandoned.push(old.uploadId);
  }
  const upload: Upload = {
    platform: platform, access: access, record: record, name: name, generation: kept ? kept.generation : 0, kept: undefined, body: undefined,
    safe: Math.min(record.parts * record.partSize, record.size), resumed: !!same && record.uploadId != "", anew: false, begun: false, failed: undefined, held: undefined, go: nothing, done: nothing,
  };
  if (old) upload.old = old;
  return upload;
}
