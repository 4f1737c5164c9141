// The shadows of all things: one state, reached by MQTT and by HTTPS (AWS IoT developer guide, "AWS IoT Device Shadow service").
import { IotError, iotRefusal } from "./errors";
import {
  difference, LARGEST_DOCUMENT, merge, mergeMetadata, metadataOf, readJson, readToken, readUpdate, SECTIONS, stamp, type Json, type JsonObject, type Sections,
} from "./shadow-document";

/** Which shadow; without a name the thing's classic one. */
export interface ShadowName {
  thing: string;
  name?: string | undefined;
}

interface Shadow {
  state: Sections;
  metadata: Sections;
  version: number;
  /** A deleted shadow keeps its version: the next one goes on from it. */
  deleted: boolean;
}

/** Told after every change, by MQTT or HTTPS, what is published about it. */
export type ShadowListener = (shadow: ShadowName, topic: "update/accepted" | "update/delta" | "update/documents" | "delete/accepted", message: JsonObject) => void;

export class Shadows {
  onChange: ShadowListener = () => {};
  private readonly shadows = new Map<string, Shadow>();
  private readonly failures: IotError[] = [];
  private readonly quicker: (() => Parameters<Shadows["set"]>[1])[] = [];

  /** @param now milliseconds since 1970 */
  constructor(private readonly now: () => number) {}

  /** The next requests are refused, one each: 429, 500, 503 or any other code. */
  next(...failures: { code: number; message?: string }[]): void {
    this.failures.push(...failures.map(({ code, message }) => new IotError(code, message ?? "Internal service failure")));
  }

  /** Somebody else is quicker: `state` changes a shadow just before each of the next `times` updates that name a version. */
  outrun(state: () => { desired?: JsonObject; reported?: JsonObject }, times = 1): void {
    for (let n = 0; n < times; n++) this.quicker.push(state);
  }

  /** State and version for a test to look at. */
  read(thing: string, name?: string): { state: Sections; version: number } | undefined {
    const shadow = this.find({ thing, name });
    return shadow && { state: shadow.state, version: shadow.version };
  }

  /** A change made by the cloud, such as {"desired": {"led": 1}}. */
  set(thing: string, state: { desired?: JsonObject | null; reported?: JsonObject | null }, name?: string): void {
    this.update({ thing, name }, Buffer.from(JSON.stringify({ state })));
  }

  /** GetThingShadow. */
  get(shadow: ShadowName, payload: Buffer): JsonObject {
    const token = readToken(readJson(payload));
    this.fail();
    const { state, metadata, version } = this.demand(shadow);
    const delta = difference(state.desired, state.reported);
    return this.answer({ state: { ...state, ...(delta && { delta }) }, metadata: { ...metadata }, version }, token);
  }

  /** UpdateThingShadow. */
  update(shadow: ShadowName, payload: Buffer): JsonObject {
    const { state: change, version, clientToken } = readUpdate(payload);
    this.fail();
    const other = version === undefined ? undefined : this.quicker.shift();
    if (other !== undefined) this.set(shadow.thing, other(), shadow.name);
    const kept = this.shadows.get(key(shadow));
    const before: Shadow = kept ?? { state: {}, metadata: {}, version: 0, deleted: true };
    if (version !== undefined && version !== before.version) throw iotRefusal.versionConflict();
    const timestamp = this.timestamp();
    const after: Shadow = { state: { ...before.state }, metadata: { ...before.metadata }, version: before.version + 1, deleted: false };
    const stamps: JsonObject = {};
    for (const section of SECTIONS) {
      const part = change[section];
      if (part === undefined) continue;
      stamps[section] = part && stamp(part, timestamp);
      after.state[section] = part === null ? {} : merge(before.state[section], part);
      after.metadata[section] = part === null ? {} : mergeMetadata(before.metadata[section], part, timestamp);
      // A section without members is as good as none.
      if (Object.keys(after.state[section]!).length > 0) continue;
      delete after.state[section];
      delete after.metadata[section];
    }
    if (Buffer.byteLength(JSON.stringify(after.state)) > LARGEST_DOCUMENT) throw iotRefusal.tooLarge();
    this.shadows.set(key(shadow), after);
    const accepted = this.answer({ state: change as JsonObject, metadata: stamps, version: after.version }, clientToken);
    this.onChange(shadow, "update/accepted", accepted);
    this.tell(shadow, before, after, clientToken);
    return accepted;
  }

  /** DeleteThingShadow. */
  delete(shadow: ShadowName, payload: Buffer): JsonObject {
    const token = readToken(readJson(payload));
    this.fail();
    const { version } = this.demand(shadow);
    this.shadows.set(key(shadow), { state: {}, metadata: {}, version, deleted: true });
    const accepted = this.answer({ version }, token);
    this.onChange(shadow, "delete/accepted", accepted);
    return accepted;
  }

  /** ListNamedShadowsForThing: names in order, `pageSize` from after `nextToken` on. */
  list(thing: string, pageSize: number, nextToken: string | undefined): JsonObject {
    this.fail();
    const prefix = key({ thing, name: "" });
    const names = [...this.shadows].flatMap(([own, { deleted }]) => (own.startsWith(prefix) && !deleted ? [own.slice(prefix.length)] : [])).sort();
    const from = nextToken === undefined ? 0 : names.findIndex((name) => name > Buffer.from(nextToken, "base64url").toString());
    const results = from < 0 ? [] : names.slice(from, from + pageSize);
    const more = from >= 0 && from + pageSize < names.length;
    return { results, ...(more && { nextToken: Buffer.from(results.at(-1)!).toString("base64url") }), timestamp: this.timestamp() };
  }

  private tell(shadow: ShadowName, before: Shadow, after: Shadow, token: string | undefined): void {
    const full = ({ state, metadata, version }: Shadow): Json => ({ state: { ...state }, metadata: { ...metadata }, version });
    this.onChange(shadow, "update/documents", this.answer({ previous: full(before), current: full(after) }, token));
    const delta = difference(after.state.desired, after.state.reported);
    if (delta === undefined) return;
    this.onChange(shadow, "update/delta", this.answer({ version: after.version, state: delta, metadata: metadataOf(delta, after.metadata.desired!) }, token));
  }

  private answer(message: JsonObject, clientToken: string | undefined): JsonObject {
    return { ...message, timestamp: this.timestamp(), ...(clientToken !== undefined && { clientToken }) };
  }

  private fail(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }

  private find(shadow: ShadowName): Shadow | undefined {
    const found = this.shadows.get(key(shadow));
    return found?.deleted === false ? found : undefined;
  }

  private demand(shadow: ShadowName): Shadow {
    const found = this.find(shadow);
    if (found === undefined) throw iotRefusal.noShadow(shadow.name === undefined ? shadow.thing : `${shadow.thing}~${shadow.name}`);
    return found;
  }

  private timestamp(): number {
    return Math.floor(this.now() / 1000);
  }
}

function key({ thing, name }: ShadowName): string {
  return name === undefined ? thing : `${thing}~${name}`;
}
