// Work that AWS IoT hands to the board: jobs and messages to a topic (AWS IoT developer guide, "Jobs device MQTT API operations"). Rules
// only, no I/O.
import type { Failure } from "../platform/failure";

/**
 * Work as a document asks for it: a transfer from or to the file at `path`, by a presigned URL or by a key of the bucket; or an update of the
 * image by a key.
 */
export interface Order {
  operation: "download" | "upload" | "update";
  path: string;
  /** One of the two is "". */
  key: string;
  url: string;
}

/** What is in flash of the work under way. The URL is not: it is asked for again, or stands in the message. */
export interface WorkRecord {
  /** The job's id, "" of a message. */
  id: string;
  /** The record that holds the message, "" of a job. */
  message: string;
  /** Of the job's execution. */
  version: number;
  /** How often it was begun: more than once after a reset. */
  starts: number;
  /** How often a URL was asked for again. */
  asked: number;
  /** How it ended; "" before. */
  status: string;
  /** The service did not take the result: it is told once more, the status alone. */
  isRefused?: boolean;
  details: Details;
}

/** AWS IoT: at most 10 members, each a text of 1 to 1024 characters. */
export interface Details {
  [name: string]: string;
}

/** A job that ended a run of the board so often is the cause. */
export const STARTS = 3;
/** Presigned URLs are asked for again so often. */
export const FRESH_URLS = 2;

/** What a document asks for, or a text: why it cannot be done. */
export function readOrder(document: any): Order | string {
  if (!document || typeof document != "object" || document instanceof Array) return "the document is no object, or longer than 4096 bytes with all around it";
  const { operation, path } = document;
  const key = document.key || "";
  const url = document.url || "";
  if (operation === "update") {
    return typeof key == "string" && key != "" && url == "" ? { operation: "update", path: "", key: key, url: "" } : "an update has a key of the bucket, and no url";
  }
  if (typeof operation != "string" || (operation != "download" && operation != "upload")) return "the operation is not download, upload or update";
  if (typeof path != "string" || path == "") return "path is missing: a file on the card";
  if (typeof key != "string" || typeof url != "string" || (key == "") == (url == "")) return "either url or key says where the object is, as a text";
  return { operation: operation, path: path, key: key, url: url };
}

/** Characters that AWS IoT takes; at least one. */
function plain(text: string): string {
  let out = "";
  for (let i = 0; i < text.length && i < 300; i++) out += text[i]! < " " || text[i]! > "~" ? "?" : text[i]!;
  return out || "-";
}

/** What is told of a success. */
export function successDetails(result: { size: number; etag: string }, seconds: number): Details {
  return { bytes: "" + result.size, etag: plain(result.etag || ""), seconds: seconds.toFixed(1) };
}

/** What is told of a failure. A failure's message holds no secret, and of a URL no query. */
export function failureDetails(failed: Pick<Failure, "code" | "message">): Details {
  return { code: failed.code, message: plain(failed.message) };
}

/** The record as flash keeps it, and back: undefined if it is torn, or none of ours. */
export function recordText(record: WorkRecord): string {
  return JSON.stringify(record);
}

export function readRecord(text: string | undefined): WorkRecord | undefined {
  let record: any;
  try {
    record = text && text[text.length - 1] == "}" ? JSON.parse(text) : undefined;
  } catch (error) {}
  return record && typeof record.id == "string" && typeof record.message == "string" && record.starts > 0 && record.details ? record : undefined;
}

/** What a refused update means. again: with the version that the service has. later: the service is busy. stop: asking again gives the same. */
export function afterRefusal(answer: any): "again" | "forget" | "later" | "stop" {
  const code = answer.code;
  const state = answer.executionState;
  // Somebody else wrote to the execution; it is still this board's.
  if (code == "VersionMismatch" && state && state.status == "IN_PROGRESS" && state.versionNumber > 0) return "again";
  if (code == "VersionMismatch" || code == "InvalidStateTransition" || code == "TerminalStateReached" || code == "ResourceNotFound") return "forget";
  return code == "RequestThrottled" || code == "InternalError" ? "later" : "stop";
}

/** The execution in an answer; undefined if there is none: AWS IoT leaves the member out, or empty. */
export function executionOf(answer: any): any {
  const execution = answer.execution;
  return execution && typeof execution.jobId == "string" && execution.jobId ? execution : undefined;
}

/** Longest text that MQTT hands over whole. */
const WHOLE = 4096;

/** Why a document was not read, or is wrong. */
export function refusal(order: string, bytes: number | undefined): Details {
  return bytes && bytes <= WHOLE
    ? { code: "memory", message: "The document with all around it has " + bytes + " bytes: too many for the memory that is left" }
    : { code: "argument", message: order };
}

/** A text that came, undefined if it is no JSON. */
export function parsed(text: string | undefined): any {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch (error) {}
}

/** A record of work that begins. */
export function fresh(id: string, message: string): WorkRecord {
  return { id: id, message: message, version: 0, starts: 0, asked: 0, status: "", details: {} };
}
