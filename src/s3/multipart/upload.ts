// An upload in parts while it is worked on: what its phases hand to each other (S3 user guide, "Uploading an object using multipart
// upload").
import type { Done, Failure } from "../../flow/failure";
import type { Platform } from "../../platform/ports";
import type { ChunkedBody } from "../chunkedBody";
import { writeJournal } from "../journal";
import type { UploadRecord } from "../journal";
import type { PutResult } from "../put";
import type { S3Access } from "../signedRequest";

export interface MultipartResult extends PutResult {
  resumed: boolean;
}

/** An upload while it is worked on. */
export interface Upload {
  platform: Platform;
  access: S3Access;
  /** Let go while a part is sent, if the journal has it: with the ETags of many parts it is large. */
  record: UploadRecord;
  /** Of the journal. */
  name: string;
  generation: number;
  /** The journal has the record just as it is; undefined: that was not tried since it changed, false: flash did not take it. */
  kept: boolean | undefined;
  body: ChunkedBody | undefined;
  /** Bytes that S3 has confirmed. */
  safe: number;
  /** What the journal had of this file and key, until the first phase has looked at it. */
  old?: UploadRecord;
  resumed: boolean;
  /** What was there before is known and cleared up: parts may go. */
  begun: boolean;
  /** Why the last part was not taken; the next phase decides what that means. */
  failed: Failure | undefined;
  /** It began anew once already because S3 had lost it. */
  anew: boolean;
  /** The module that is loaded for the phase. */
  held: string | undefined;
  /** The phase is over: the next one, from a timer, and with this one's module let go. */
  go(): void;
  /** The upload is over, or is left for the next call. */
  done: Done<MultipartResult>;
}

export function save(upload: Upload): void {
  upload.kept = writeJournal(upload.platform, upload.name, ++upload.generation, upload.record);
  if (!upload.kept) upload.platform.console.print("  flash took no journal: after a reset this upload begins anew");
}
