// What a shadow's document is and how it changes (AWS IoT developer guide, "Device Shadow service documents"). Pure.
import { iotRefusal } from "./errors";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };
export type Section = "desired" | "reported";

/** State or metadata, by section. */
export type Sections = { [section in Section]?: JsonObject };

/** What a client sends to change a shadow. */
export interface ShadowUpdate {
  state: { [section in Section]?: JsonObject | null };
  version: number | undefined;
  clientToken: string | undefined;
}

export const SECTIONS: Section[] = ["desired", "reported"];
const DEEPEST = 6;
const LONGEST_TOKEN = 64;
export const LARGEST_DOCUMENT = 8192;

/** Reads a request; an empty one is an object without members. Fails with Invalid JSON and the like. */
export function readJson(payload: Buffer): JsonObject {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    throw iotRefusal.encoding();
  }
  if (text.trim() === "") return {};
  try {
    const value = JSON.parse(text) as Json;
    if (isObject(value)) return value;
  } catch {
    // Told below.
  }
  throw iotRefusal.invalid("Invalid JSON");
}

/** The client's token for the answer. Fails with Invalid clientToken. */
export function readToken({ clientToken }: JsonObject): string | undefined {
  if (clientToken === undefined) return undefined;
  if (typeof clientToken !== "string" || Buffer.byteLength(clientToken) > LONGEST_TOKEN) throw iotRefusal.invalid("Invalid clientToken");
  return clientToken;
}

/** Checks a request to change a shadow. */
export function readUpdate(payload: Buffer): ShadowUpdate {
  if (payload.length > LARGEST_DOCUMENT) throw iotRefusal.tooLarge();
  const request = readJson(payload);
  const { state, version } = request;
  if (state === undefined) throw iotRefusal.invalid("Missing required node: state");
  if (!isObject(state)) throw iotRefusal.invalid("State node must be an object");
  for (const [name, section] of Object.entries(state)) {
    if (name !== "desired" && name !== "reported") throw iotRefusal.invalid("State contains an invalid node");
    if (section !== null && !isObject(section)) throw iotRefusal.invalid(`${name === "desired" ? "Desired" : "Reported"} node must be an object`);
    if (depth(section) > DEEPEST) throw iotRefusal.invalid(`JSON contains too many levels of nesting; maximum is ${DEEPEST}`);
  }
  if (version !== undefined && (typeof version !== "number" || !Number.isInteger(version) || version < 0)) throw iotRefusal.invalid("Invalid version");
  return { state: state as ShadowUpdate["state"], version, clientToken: readToken(request) };
}

/** Levels of names: of {"a":1} it is one. A list is a level as well. */
function depth(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depth));
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Objects merge, null deletes, all else, lists too, is replaced whole. */
export function merge(before: JsonObject | undefined, change: JsonObject): JsonObject {
  const after: JsonObject = { ...before };
  for (const [name, value] of Object.entries(change)) {
    const old = after[name];
    if (value === null) delete after[name];
    else after[name] = isObject(value) ? merge(isObject(old) ? old : undefined, value) : value;
  }
  return after;
}

/** Metadata of a change: a timestamp for each leaf, also of lists. What is deleted has none. */
export function stamp(change: JsonObject, timestamp: number): JsonObject {
  const one = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(one);
    return isObject(value) ? stamp(value, timestamp) : { timestamp };
  };
  return Object.fromEntries(Object.entries(change).flatMap(([name, value]) => (value === null ? [] : [[name, one(value)]])));
}

/** Brings metadata in step with a state that has changed: new stamps for what was sent, none for what is gone. */
export function mergeMetadata(before: JsonObject | undefined, change: JsonObject, timestamp: number): JsonObject {
  const after: JsonObject = { ...before };
  for (const [name, value] of Object.entries(change)) {
    const old = after[name];
    if (value === null) delete after[name];
    // A leaf's metadata is no metadata of members.
    else if (isObject(value)) after[name] = mergeMetadata(isObject(old) && !isLeaf(old) ? old : undefined, value, timestamp);
    else after[name] = stamp({ value }, timestamp)["value"]!;
  }
  return after;
}

function isLeaf(metadata: JsonObject): boolean {
  return typeof metadata["timestamp"] === "number";
}

/** What is desired and not reported so; `undefined` if that is nothing. Lists are compared and given whole. */
export function difference(desired: JsonObject | undefined, reported: JsonObject | undefined): JsonObject | undefined {
  const differing: JsonObject = {};
  for (const [name, value] of Object.entries(desired ?? {})) {
    const told = reported?.[name];
    if (isObject(value) && isObject(told)) {
      const inner = difference(value, told);
      if (inner !== undefined) differing[name] = inner;
    } else if (!same(value, told)) differing[name] = value;
  }
  return Object.keys(differing).length === 0 ? undefined : differing;
}

/** The part of the metadata that belongs to a part of the state. */
export function metadataOf(part: JsonObject, metadata: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => {
      const own = metadata[name]!;
      return [name, isObject(value) && isObject(own) ? metadataOf(value, own) : own];
    }),
  );
}

function same(one: Json, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((value, at) => same(value, other[at]));
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => same(one[name]!, other[name]));
}
