// Multipart upload of a file on the card that survives a power cut (S3 user guide, "Uploading an object using multipart upload").
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Progress } from "../flow/progress";
import type { Response } from "../http/response";
import type { Platform } from "../platform/ports";
import { createChunkSigner, EMPTY_HASH } from "../sigv4/chunkSignature";
import type { Pair } from "../sigv4/canonicalRequest";
import { hexDigest } from "../sigv4/hmac";
import { s3Attempt } from "./attempt";
import { createChunkedBody, CHUNK, encodedLength } from "./chunkedBody";
import type { ChunkedBody } from "./chunkedBody";
import { eraseJournal, journalName, readJournal, writeJournal } from "./journal";
import type { UploadRecord } from "./journal";
import type { PutResult } from "./put";
import { refusal } from "./refusal";
import type { S3Access } from "./signedRequest";
import { xmlText } from "./xml";

/** The least S3 takes for any part but the last. */
export const LEAST_PART = 5242880;
/** No more parts than the board can hold the ETags of; S3 would take 10,000. */
const MOST_PARTS = 100;

/** The size of the parts of a file: 5 MiB, more for files beyond 500 MiB, whole chunks. */
export function partSizeOf(size: number): number {
  const least = Math.ceil(size / MOST_PARTS / CHUNK) * CHUNK;
  return least > LEAST_PART ? least : LEAST_PART;
}

export interface MultipartResult extends PutResult {
  resumed: boolean;
}

/**
 * Uploads the file at `path` as `key` in parts. Every confirmed part stands in the journal: after a reset, or a failure of the
 * network, the next call goes on with the first part that S3 has not confirmed. A changed file begins anew; an upload that is given
 * up leaves no part behind. `headers` are signed and sent with the create request (encryption, type, metadata).
 */
export function putMultipart(
  platform: Platform, access: S3Access, path: string, key: string, headers: Pair[], started: (progress: Progress) => void, done: Done<MultipartResult>,
): void {
  const files = platform.files;
  const info = files.stat(path);
  const file = info && files.open(path, "r");
  if (!info || !file) return done(failure("file-missing", "There is no file " + path + " on the card", "Names as on the card, without a leading slash; is the card in?"));
  const bucket = access.settings.bucket;
  const name = journalName(platform, bucket, path, key);
  const kept = readJournal(platform, name);
  const size = info.size;
  let record: UploadRecord = { path: path, key: key, bucket: bucket, size: size, modified: info.modified, uploadId: "", partSize: partSizeOf(size), parts: [] };
  let generation = kept ? kept.generation : 0;
  let resumed = false;
  let restarted = false;
  /** Completes whose answer was lost, or was an error of the server's. */
  let lost = 0;
  let body: ChunkedBody | undefined;
  started({ total: size, moved: () => confirmed() + (body ? body.sent() : 0) });

  /** Bytes that S3 has confirmed. */
  function confirmed(): number {
    const bytes = record.parts.length * record.partSize;
    return bytes < size ? bytes : size;
  }

  function save(): void {
    writeJournal(platform, name, ++generation, record);
  }

  /** One request of the upload: `text` is its body, "" = none; the answer's first bytes are handed over. */
  function call(method: string, query: Pair[], more: Pair[], text: string, ended: Done<{ response: Response; text: string }>): void {
    let answer = "";
    s3Attempt(
      platform, access,
      {
        request: {
          method: method, key: key, query: query, headers: more, unsigned: [["content-length", "" + text.length]],
          payloadHash: text == "" ? EMPTY_HASH : hexDigest(platform.hash, platform.hash.sha256(text)),
        },
        ...(text == "" ? {} : { body: () => onePiece(text) }),
        success: {
          body: function (bytes) {
            if (answer.length < 2000) answer += bytes;
            return undefined;
          },
        },
      },
      function (failed, response) {
        if (!failed && find(answer, "<Error>") >= 0) return ended(refusal(method + " " + key, { status: 500, headers: response!.headers }, answer));
        ended(failed, response && { response: response, text: answer });
      },
    );
  }

  function onePiece(text: string) {
    let left = text;
    return {
      next: function () {
        const piece = left;
        left = "";
        return piece;
      },
      failed: () => undefined,
    };
  }

  function finish(failed: Failure | undefined, etag?: string): void {
    file!.close();
    if (failed) return done(failed);
    eraseJournal(platform, name);
    done(undefined, { key: key, size: size, etag: etag || "", resumed: resumed });
  }

  /** Takes the upload's parts off S3, then calls `then` whether that worked or not (a lifecycle rule sweeps what is left). */
  function abort(uploadId: string, then: () => void): void {
    access.persist((ended: Done<unknown>) => call("DELETE", [["uploadId", uploadId]], [], "", ended), then);
  }

  function giveUp(failed: Failure): void {
    if (!record.uploadId) return finish(failed);
    abort(record.uploadId, function () {
      eraseJournal(platform, name);
      finish(failed);
    });
  }

  /** What a failure means for the upload: the network's leave the journal for the next call, a lost upload begins again, the rest ends it. */
  function broken(failed: Failure): void {
    const code = failed.cause ? failed.cause.code : "";
    if ((code == "NoSuchUpload" || code == "InvalidPart") && !restarted) {
      restarted = true;
      resumed = false;
      record.uploadId = "";
      record.parts = [];
      return create();
    }
    const kind = failed.code;
    if (kind == "file-changed" || kind == "card" || (kind == "s3" && failed.cause!.status < 500 && failed.cause!.status != 429)) return giveUp(failed);
    failed.hint += " device.resume() goes on with part " + (record.parts.length + 1) + ".";
    finish(failed);
  }

  function unchanged(): Failure | undefined {
    const now = files.stat(path);
    if (now && now.size == size && now.modified == record.modified) return undefined;
    return failure("file-changed", path + " was changed while it was sent: nothing is stored", "Close or rotate the file first, then send it again.");
  }

  function sendPart(): void {
    const number = record.parts.length + 1;
    const from = record.parts.length * record.partSize;
    const length = size - from < record.partSize ? size - from : record.partSize;
    access.persist<Response>(function (ended) {
      s3Attempt(
        platform, access,
        {
          request: {
            method: "PUT", key: key, query: [["partNumber", "" + number], ["uploadId", record.uploadId]],
            headers: [["content-encoding", "aws-chunked"], ["x-amz-decoded-content-length", "" + length]],
            unsigned: [["content-length", "" + encodedLength(length, true)], ["expect", "100-continue"]],
            payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
          },
          body: function (signed) {
            file!.seek(from);
            const sign = createChunkSigner(platform.hash, signed.key, signed.amzDate, signed.scope, signed.signature);
            body = createChunkedBody(platform.hash, platform.memory, file!, from, length, sign, unchanged);
            return body;
          },
          success: { body: () => undefined },
          stride: CHUNK,
        },
        ended,
      );
    }, function (failed, response) {
      body = undefined;
      if (failed) return broken(failed);
      record.parts.push((response!.headers["etag"] || "").split('"').join(""));
      save();
      next();
    });
  }

  /** Settles a complete whose answer was lost: the object is there if its size and its "-N" etag say so. */
  function settle(failed: Failure): void {
    access.persist<{ response: Response; text: string }>((ended) => call("HEAD", [], [], "", ended), function (unknown, answer) {
      const etag = answer ? answer.response.headers["etag"] || "" : "";
      if (!unknown && answer!.response.headers["content-length"] == "" + size && etag.endsWith("-" + record.parts.length + '"')) return finish(undefined, etag);
      if (lost++ < 3 && !(failed.cause && failed.cause.code == "NoSuchUpload")) platform.timers.after(1000 * lost, complete);
      else broken(failed);
    });
  }

  function complete(): void {
    const changed = unchanged();
    if (changed) return giveUp(changed);
    let list = "<CompleteMultipartUpload>";
    for (let i = 0; i < record.parts.length; i++) list += "<Part><PartNumber>" + (i + 1) + "</PartNumber><ETag>&quot;" + record.parts[i] + "&quot;</ETag></Part>";
    list += "</CompleteMultipartUpload>";
    call("POST", [["uploadId", record.uploadId]], [], list, function (failed, answer) {
      if (!failed) return finish(undefined, xmlText(answer!.text, "ETag"));
      const code = failed.cause ? failed.cause.code : "";
      if (code == "NoSuchUpload" || !failed.cause || failed.cause.status >= 500) return settle(failed);
      broken(failed);
    });
  }

  function create(): void {
    access.persist<{ response: Response; text: string }>((ended) => call("POST", [["uploads", ""]], headers.slice(0), "", ended), function (failed, answer) {
      if (failed) return finish(failed);
      record.uploadId = xmlText(answer!.text, "UploadId");
      if (!record.uploadId) return finish(failure("http", "S3 gave no upload id", "Is s3.endpoint an S3?"));
      save();
      next();
    });
  }

  function next(): void {
    if (!record.uploadId) create();
    else if (record.parts.length * record.partSize < size) sendPart();
    else complete();
  }

  const old = kept && kept.record;
  if (old && old.size == size && old.modified == info.modified) {
    record = old;
    resumed = true;
    next();
  } else if (old && old.uploadId) {
    abort(old.uploadId, function () {
      eraseJournal(platform, name);
      next();
    });
  } else next();
}
