// GetObject that goes on after a power cut and is verified end to end (S3 API reference, GetObject; RFC 9110 section 14): requests,
// answers, and what a failure means. What lies on the card is in card.ts.
import { base64 } from "../../bytes/base64";
import { uint32 } from "../../bytes/bigEndian";
import { failure } from "../../flow/failure";
import type { Done, Failure } from "../../flow/failure";
import type { Progress } from "../../flow/progress";
import { withModule } from "../../flow/withModule";
import type { BodySink } from "../../http/exchange";
import type { Response } from "../../http/response";
import type { Platform } from "../../platform/ports";
import type { Pair } from "../../sigv4/canonicalRequest";
import { EMPTY_HASH } from "../../sigv4/chunkSignature";
import { s3Attempt } from "../attempt";
import { eraseJournal } from "../journal";
import { full, PIECE, WAITING } from "../landing";
import type * as landing from "../landing";
import type { S3Access } from "../signedRequest";
import { abandon, append, begin, closeFile, have, openHalf, save, startOver, take } from "./card";
import type { BlockCheck } from "./card";
import { readContentRange } from "./range";
import type { Wanted } from "./range";
import type { DownloadRecord } from "./record";
import type { DownloadResult } from "./result";
import { strideOf } from "./stride";
import type * as verify from "./verify";

/** How often an object that changes meanwhile is begun again. */
const RESTARTS = 2;
/** Bytes of a request of a verified download where memory is short. Each costs a handshake. */
const LATE_PIECE = 524288;

function incomplete(what: string): Failure {
  return failure("s3-incomplete", what, "Try again.");
}

/**
 * Downloads `key`, or what is `wanted` of it, to the file at `path`. The old file stays until all of the new one is on the card and
 * has the checksum that S3 knows. What an earlier download left on the card is gone on with, if its end is still the object's. A
 * failure of the network leaves bytes and record for the next call; any other leaves neither. With `check` only blocks that it lets pass
 * reach the card, and what is there already is read again. Failures: card, card-full, storage, verify, s3 (refused), s3-incomplete
 * and those of `exchange`.
 */
export function download(
  platform: Platform, access: S3Access, key: string, path: string, options: Wanted | undefined,
  started: (progress: Progress) => void, done: Done<DownloadResult>, check?: BlockCheck,
): void {
  const wanted: Wanted = options || {};
  const base = wanted.first || 0;
  const ranged = wanted.first !== undefined || wanted.length !== undefined;
  const bucket = access.settings.bucket;
  const late = check !== undefined && !check.passes;
  // All that it takes more is taken from the pieces.
  const stride = late ? PIECE >> 2 : strideOf(platform);
  if (late && !wanted.piece) wanted.piece = LATE_PIECE;
  const half = openHalf(platform, bucket, key, path, wanted, late ? undefined : check);
  /** The object's last byte that this request asks for, -1 for the end; how long the file is then, -1 while unknown. */
  let last = -1;
  let until = -1;
  let restarts = 0;
  let mismatches = 0;
  let versionId = "";
  /** Bytes on the card that were read again and are right. */
  let checked = 0;

  function start(size: number): void {
    started({ total: size < 0 ? 0 : size, moved: () => have(half) });
  }

  /** The object is known. */
  function known(headers: Response["headers"], size: number, total: number): Failure | undefined {
    // Of the whole object, not of the parts' checksums ("...-3").
    if (check && size != check.size) return failure("verify", key + " has " + size + " bytes, its manifest says " + check.size, "Make the manifest from the very file that is in the bucket, and upload both.");
    const crc = headers["x-amz-checksum-crc32"] || "";
    const whole = !ranged && crc.length == 8 && headers["x-amz-checksum-type"] != "COMPOSITE";
    const failed = begin(half, { bucket: bucket, key: key, path: path, at: "", size: size, total: total, etag: headers["etag"] || "", crc: whole ? crc : "", wanted: wanted });
    if (!failed) start(size);
    return failed;
  }

  /** A 206: the very bytes that were asked for, of an object of the same size. */
  function part(headers: Response["headers"]): Failure | undefined {
    const range = readContentRange(headers["content-range"]);
    const first = base + have(half) - half.tail.length;
    if (!range || range.first != first || (half.record && range.total != half.record.total)) return incomplete("The server sent another part than was asked for (" + headers["content-range"] + ")");
    const end = last < 0 || last >= range.total ? range.total - 1 : last;
    const length = headers["content-length"];
    if (range.last != end || (length && parseInt(length, 10) != end - first + 1)) return incomplete("The server sent less or more than was asked for (" + headers["content-range"] + ")");
    if (!half.record) {
      const rest = range.total - base;
      const failed = known(headers, wanted.length !== undefined && wanted.length < rest ? wanted.length : rest, range.total);
      if (failed) return failed;
    }
    until = end + 1 - base;
    return append(half);
  }

  const success: BodySink = {
    head: function (response) {
      const headers = response.headers;
      versionId = headers["x-amz-version-id"] || "";
      if (response.status == 206) return part(headers);
      if (ranged) return failure("http", "The server sent the whole object where a part was asked for", "S3 does not: is there a proxy in between?");
      const length = headers["content-length"];
      if (!length && !headers["transfer-encoding"]) return failure("http", "The server did not say how long the object is", "S3 always does: is there a proxy in between?");
      until = length ? parseInt(length, 10) : -1;
      return known(headers, until, until);
    },
    body: (bytes) => take(half, bytes),
  };

  /** One request: all that is missing, or the next piece of it. In pieces the object's size and checksum are asked for first. */
  function attempt(ended: Done<unknown>): void {
    // An open file cannot be moved in memory: it could stand where TLS needs its two long runs. And what came is safe on the card now.
    if (!closeFile(half)) return ended(full(path));
    // Without an etag nobody knows whether the rest is of the same object.
    if (half.record && !half.record.etag && have(half) && !ranged && wanted.piece === undefined) startOver(half);
    const record = half.record;
    const ask = !record && !ranged && wanted.piece !== undefined;
    const headers: Pair[] = ranged ? [] : [["x-amz-checksum-mode", "ENABLED"]];
    const from = base + have(half) - half.tail.length;
    last = until = -1;
    if (record && record.size >= 0) last = base + record.size - 1;
    else if (wanted.length !== undefined) last = base + wanted.length - 1;
    if (wanted.piece !== undefined && !ask && (last < 0 || from + wanted.piece <= last)) last = from + wanted.piece - 1;
    if (ranged || (record && (have(half) || wanted.piece !== undefined))) {
      headers.push(["range", "bytes=" + from + "-" + (last < 0 ? "" : last)]);
      if (record && record.etag) headers.push(["if-match", record.etag]);
    }
    s3Attempt(
      platform, access,
      {
        request: {
          method: ask ? "HEAD" : "GET", key: key, query: wanted.versionId ? [["versionId", wanted.versionId]] : [],
          headers: headers, unsigned: [], payloadHash: EMPTY_HASH,
        },
        success: success, keep: "content-range x-amz-checksum-crc32 x-amz-checksum-type", stride: stride,
      },
      function (failed) {
        if (failed || ask) return ended(failed);
        const came = have(half);
        const now = half.record!;
        if (now.size < 0) now.size = now.total = came;
        if (until < 0 || until == came) return ended(undefined);
        if (came > until) startOver(half);
        ended(incomplete(came + " bytes came, not " + until));
      },
    );
  }

  function finish(): void {
    const record = half.record!;
    eraseJournal(platform, half.name, half.generation);
    const found: DownloadResult = { key: key, path: path, size: record.size, etag: record.etag, resumed: half.resumed };
    if (ranged) {
      found.first = base;
      found.total = record.total;
    }
    if (wanted.versionId) found.versionId = versionId || wanted.versionId;
    done(undefined, found);
  }

  function giveUp(failed: Failure): void {
    abandon(half);
    done(failed);
  }

  function settle(): void {
    if (half.at == path) return finish();
    // After a reset in the middle of the copy there is nothing more to fetch.
    half.record!.complete = true;
    save(half);
    withModule<typeof landing, void>(platform, "basic", (module, told) => module.replaceFile(platform, half.record!.size, path, told), function (failed) {
      if (!failed) return finish();
      if (!platform.files.stat(WAITING)) eraseJournal(platform, half.name, half.generation);
      done(failed);
    });
  }

  function landed(): void {
    const closed = closeFile(half);
    const record = half.record!;
    const now = platform.files.stat(half.at);
    if (!closed || !now || now.size != record.size) return giveUp(full(path));
    if (!record.crc) return settle();
    const missing = withModule<typeof verify, number>(platform, "filecrc", (module, told) => module.fileCrc32(platform, half.at, record.size, told), function (_none, crc) {
      if (crc! >= 0 && base64(uint32(crc!)) == record.crc) return settle();
      if (mismatches++) return giveUp(failure("s3-incomplete", path + " has not the CRC-32 that S3 has of " + key, "Is the card worn out? Try another one."));
      platform.console.print("  the CRC-32 differs: once more from the beginning");
      startOver(half);
      next();
    });
    if (missing) giveUp(missing);
  }

  function broken(failed: Failure): void {
    const status = failed.cause ? failed.cause.status : 0;
    if ((status == 412 || half.foreign) && restarts++ < RESTARTS) {
      startOver(half);
      return next();
    }
    const code = failed.code;
    if (!half.record || !have(half) || code == "card" || code == "card-full" || code == "verify" || (code == "s3" && status < 500 && status != 429)) return giveUp(failed);
    closeFile(half);
    failed.hint += " device.get with the same key and path goes on after " + half.written + " bytes.";
    done(failed);
  }

  function next(): void {
    if (checked > half.written) checked = 0;
    if (!late || !half.record || have(half) == checked) return further();
    if (!closeFile(half)) return giveUp(full(path));
    check.reread(half.at, checked, half.written, function (failed) {
      if (failed) return giveUp(failed);
      checked = half.written;
      further();
    });
  }

  function further(): void {
    if (half.record && half.record.size >= 0 && half.tail == "" && have(half) >= half.record.size) return landed();
    access.persist<unknown>(attempt, function (failed) {
      // From a timer: until the event that told it is over, all of the connection is held.
      platform.timers.after(0, function () {
        if (failed) broken(failed);
        else next();
      });
    });
  }

  function go(): void {
    if (half.record) start(half.record.size);
    next();
  }

  if (!check || !half.record) return go();
  // What a reset left may be anything.
  check.reread(half.at, 0, half.written, function (wrong) {
    checked = half.written;
    if (wrong || half.record!.size != check.size) {
      platform.console.print("  what is on the card is not what the manifest says: once more from the beginning");
      startOver(half);
    }
    go();
  });
}
