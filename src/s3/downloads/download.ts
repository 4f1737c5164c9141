// GetObject that goes on after a power cut and is verified end to end (S3 API reference, GetObject; RFC 9110 section 14).
import { base64 } from "../../bytes/base64";
import { uint32 } from "../../bytes/bigEndian";
import type { Bytes } from "../../bytes/bytes";
import { failure } from "../../flow/failure";
import type { Done, Failure } from "../../flow/failure";
import type { Progress } from "../../flow/progress";
import type { BodySink } from "../../http/exchange";
import type { Response } from "../../http/response";
import type { OpenFile, Platform } from "../../platform/ports";
import type { Pair } from "../../sigv4/canonicalRequest";
import { EMPTY_HASH } from "../../sigv4/chunkSignature";
import { s3Attempt } from "../attempt";
import type { GetResult } from "../get";
import { eraseJournal, readJournal, writeJournal } from "../journal";
import { full, PIECE, replaceFile, unwritable, WAITING } from "../landing";
import type { S3Access } from "../signedRequest";
import { readContentRange, TAIL } from "./range";
import type { Wanted } from "./range";
import { claimPlace, downloadName } from "./record";
import type { DownloadRecord } from "./record";
import { fileCrc32 } from "./verify";

export interface DownloadResult extends GetResult {
  /** True if it went on with what an earlier, interrupted download left on the card. */
  resumed: boolean;
  /** Where a range was asked for: its first byte in the object, and the bytes of all the object. */
  first?: number;
  total?: number;
  versionId?: string;
}

/** Bytes between two syncs of the card: what a power cut costs at most. */
const SYNC = 131072;
/** How often an object that changes meanwhile is begun again. */
const RESTARTS = 2;

/** A longer key, six characters for some of its bytes, would take too much memory beside TLS: such a download begins again after a reset. */
const LONGEST_KEY = 300;
/** Variables that TLS takes where it lives in them, and that two large pieces on their way take with all that handles them. */
const TLS_VARIABLES = 3300, LARGE_PIECES = 1800;

/** The largest piece that the network may hand over: two may be on their way at once. */
function strideOf(platform: Platform): number {
  const { used, total } = platform.memory.variables();
  const free = total - used - (platform.memory.nativeHeap() === undefined ? TLS_VARIABLES : 0);
  return free < LARGE_PIECES ? PIECE >> 1 : PIECE;
}

function incomplete(what: string): Failure {
  return failure("s3-incomplete", what, "Try again.");
}

/**
 * Downloads `key`, or what is `wanted` of it, to the file at `path`. The old file stays until all of the new one is on the card and
 * has the checksum that S3 knows. What an earlier download left on the card is gone on with, if its end is still the object's. A
 * failure of the network leaves bytes and record for the next call; any other leaves neither. Failures: card, card-full, storage,
 * s3 (refused), s3-incomplete and those of `exchange`.
 */
export function download(
  platform: Platform, access: S3Access, key: string, path: string, options: Wanted | undefined,
  started: (progress: Progress) => void, done: Done<DownloadResult>,
): void {
  const files = platform.files;
  const wanted: Wanted = options || {};
  const base = wanted.first || 0;
  const ranged = wanted.first !== undefined || wanted.length !== undefined;
  const bucket = access.settings.bucket;
  const name = downloadName(platform, bucket, key, path);
  const kept = readJournal<DownloadRecord>(platform, name);
  let generation = kept ? kept.generation : 0;
  /** Of the download that is going on; undefined until S3 has said what the object is. */
  let record: DownloadRecord | undefined;
  /** Where the bytes wait, "" until that is decided; whether what is there is ours to take away. */
  let at = "";
  let ours = false;
  let file: OpenFile | undefined;
  let pending: Bytes = "";
  let written = 0;
  let syncAt = SYNC;
  /** The end of what was on the card before, and what of it this answer has not confirmed yet. */
  let tail: Bytes = "";
  let unconfirmed: Bytes = "";
  let foreign = false;
  /** The object's last byte that this request asks for, -1 for the end; how long the file is then, -1 while unknown. */
  let last = -1;
  let until = -1;
  let restarts = 0;
  let mismatches = 0;
  let resumed = false;
  let versionId = "";

  function have(): number {
    return written + pending.length;
  }

  function save(): boolean {
    return key.length <= LONGEST_KEY && writeJournal(platform, name, ++generation, record!);
  }

  function put(bytes: Bytes): Failure | undefined {
    written += bytes.length;
    const sync = written >= syncAt;
    if (sync) syncAt = written + SYNC;
    return file!.write(bytes, sync) ? undefined : full(path);
  }

  /** Few large writes, and nothing joined that is large: that would take its length once more. */
  function land(bytes: Bytes): Failure | undefined {
    if (bytes.length < PIECE / 4) {
      pending += bytes;
      if (pending.length < PIECE / 2) return undefined;
      bytes = "";
    }
    let failed: Failure | undefined;
    if (pending != "") {
      const piece = pending;
      pending = "";
      failed = put(piece);
    }
    return failed || bytes == "" ? failed : put(bytes);
  }

  /** The first bytes after a reset: the end of what is on the card must come again. */
  function confirm(bytes: Bytes): Failure | undefined {
    const length = bytes.length < unconfirmed.length ? bytes.length : unconfirmed.length;
    if (bytes.substr(0, length) != unconfirmed.substr(0, length)) {
      foreign = true;
      return failure("file-changed", "What is on the card is not the beginning of " + key, "Try again.");
    }
    unconfirmed = unconfirmed.substr(length);
    if (unconfirmed != "") return undefined;
    tail = "";
    success.body = land;
    return length < bytes.length ? land(bytes.substr(length)) : undefined;
  }

  function closeFile(): boolean {
    if (!file) return true;
    const bytes = pending;
    pending = "";
    const flushed = bytes == "" || !put(bytes);
    file.close();
    file = undefined;
    return flushed;
  }

  /** The next answer begins with no byte. */
  function startOver(): void {
    pending = tail = "";
    closeFile();
    written = 0;
    syncAt = SYNC;
    resumed = false;
    // A file that is complete in its place is an old file from here on, and so is one that is not ours.
    if (foreign || (record && record.complete)) {
      at = "";
      ours = foreign = false;
    }
    record = undefined;
  }

  /** The object is known: a record first, then the file. */
  function begin(headers: Response["headers"], size: number, total: number): Failure | undefined {
    startOver();
    if (!at) at = claimPlace(platform, name, path);
    // Of the whole object, not of the parts' checksums ("...-3").
    const crc = headers["x-amz-checksum-crc32"] || "";
    const whole = !ranged && crc.length == 8 && headers["x-amz-checksum-type"] != "COMPOSITE";
    record = { bucket: bucket, key: key, path: path, at: at, size: size, total: total, etag: headers["etag"] || "", crc: whole ? crc : "", wanted: wanted };
    // Without a record nothing would tell half a file from a whole one.
    if (!save() && at == path) record.at = at = WAITING;
    file = files.open(at, "w");
    if (!file) return unwritable(platform, path);
    ours = true;
    success.body = land;
    started({ total: size < 0 ? 0 : size, moved: have });
    return undefined;
  }

  /** A 206: the very bytes that were asked for, of an object of the same size. */
  function part(headers: Response["headers"]): Failure | undefined {
    const range = readContentRange(headers["content-range"]);
    const first = base + have() - tail.length;
    if (!range || range.first != first || (record && range.total != record.total)) return incomplete("The server sent another part than was asked for (" + headers["content-range"] + ")");
    const end = last < 0 || last >= range.total ? range.total - 1 : last;
    const length = headers["content-length"];
    if (range.last != end || (length && parseInt(length, 10) != end - first + 1)) return incomplete("The server sent less or more than was asked for (" + headers["content-range"] + ")");
    if (!record) {
      const rest = range.total - base;
      const failed = begin(headers, wanted.length !== undefined && wanted.length < rest ? wanted.length : rest, range.total);
      if (failed) return failed;
    }
    if (!file) file = files.open(at, "a");
    if (!file) return unwritable(platform, path);
    unconfirmed = tail;
    success.body = tail == "" ? land : confirm;
    until = end + 1 - base;
    return undefined;
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
      return begin(headers, until, until);
    },
    body: land,
  };

  /** One request: all that is missing, or the next piece of it. In pieces the object's size and checksum are asked for first. */
  function attempt(ended: Done<unknown>): void {
    // An open file cannot be moved in memory: it could stand where TLS needs its two long runs. And what came is safe on the card now.
    if (!closeFile()) return ended(full(path));
    // Without an etag nobody knows whether the rest is of the same object.
    if (record && !record.etag && have() && !ranged && wanted.piece === undefined) startOver();
    const ask = !record && !ranged && wanted.piece !== undefined;
    const headers: Pair[] = ranged ? [] : [["x-amz-checksum-mode", "ENABLED"]];
    const from = base + have() - tail.length;
    last = until = -1;
    if (record && record.size >= 0) last = base + record.size - 1;
    else if (wanted.length !== undefined) last = base + wanted.length - 1;
    if (wanted.piece !== undefined && !ask && (last < 0 || from + wanted.piece <= last)) last = from + wanted.piece - 1;
    if (ranged || (record && (have() || wanted.piece !== undefined))) {
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
        if (record!.size < 0) record!.size = record!.total = have();
        if (until < 0 || until == have()) return ended(undefined);
        const came = have();
        if (came > until) startOver();
        ended(incomplete(came + " bytes came, not " + until));
      },
    );
  }

  function result(): DownloadResult {
    const found: DownloadResult = { key: key, path: path, size: record!.size, etag: record!.etag, resumed: resumed };
    if (ranged) {
      found.first = base;
      found.total = record!.total;
    }
    if (wanted.versionId) found.versionId = versionId || wanted.versionId;
    return found;
  }

  /** Leaves neither bytes nor record; a card that is not there any more keeps its half file, and so its record. */
  function abandon(failed: Failure): void {
    pending = "";
    closeFile();
    if (!ours || files.remove(at)) eraseJournal(platform, name, generation);
    done(failed);
  }

  function finish(): void {
    eraseJournal(platform, name, generation);
    done(undefined, result());
  }

  function settle(): void {
    if (at == path) return finish();
    // After a reset in the middle of the copy there is nothing more to fetch.
    record!.complete = true;
    save();
    replaceFile(platform, record!.size, path, function (failed) {
      if (!failed) return finish();
      if (!files.stat(WAITING)) eraseJournal(platform, name, generation);
      done(failed);
    });
  }

  function landed(): void {
    const closed = closeFile();
    const now = files.stat(at);
    if (!closed || !now || now.size != record!.size) return abandon(full(path));
    if (!record!.crc) return settle();
    fileCrc32(platform, at, record!.size, function (crc) {
      if (crc >= 0 && base64(uint32(crc)) == record!.crc) return settle();
      if (mismatches++) return abandon(failure("s3-incomplete", path + " has not the CRC-32 that S3 has of " + key, "Is the card worn out? Try another one."));
      platform.console.print("  the CRC-32 differs: once more from the beginning");
      startOver();
      next();
    });
  }

  function broken(failed: Failure): void {
    const status = failed.cause ? failed.cause.status : 0;
    if ((status == 412 || foreign) && restarts++ < RESTARTS) {
      startOver();
      return next();
    }
    const code = failed.code;
    if (!record || !have() || code == "card" || code == "card-full" || (code == "s3" && status < 500 && status != 429)) return abandon(failed);
    closeFile();
    failed.hint += " device.get with the same key and path goes on after " + written + " bytes.";
    done(failed);
  }

  function next(): void {
    if (record && record.size >= 0 && tail == "" && have() >= record.size) return landed();
    access.persist<unknown>(attempt, function (failed) {
      if (failed) broken(failed);
      else next();
    });
  }

  /** Takes up what an earlier download left, if it can be part of this one. */
  function takeUp(old: DownloadRecord): void {
    if (old.key != key || old.path != path || old.bucket != bucket) return;
    let place = old.at;
    let info = files.stat(place);
    if (!info && old.complete) {
      // The copy was finished after the reset.
      place = path;
      info = files.stat(path);
      if (info && info.size != old.size) info = undefined;
    } else if (info && info.size <= old.size) {
      at = place;
      ours = true;
    }
    const before = old.wanted;
    if (!info || !info.size || info.size > old.size || !old.etag || before.first != wanted.first || before.length != wanted.length || before.versionId != wanted.versionId) return;
    const length = info.size < TAIL ? info.size : TAIL;
    const reading = files.open(place, "r");
    if (!reading) return;
    reading.seek(info.size - length);
    tail = reading.read(length);
    reading.close();
    if (tail.length < length) {
      tail = "";
      return;
    }
    at = place;
    record = old;
    record.wanted = wanted;
    written = info.size;
    syncAt = written + SYNC;
    resumed = true;
    started({ total: old.size, moved: have });
  }

  if (kept) takeUp(kept.record);
  const stride = strideOf(platform);
  next();
}

/** Goes on with one of `unfinishedDownloads`. */
export function continueDownload(
  platform: Platform, access: S3Access, record: DownloadRecord, started: (progress: Progress) => void, done: Done<DownloadResult>,
): void {
  download(platform, access, record.key, record.path, record.wanted, started, done);
}
