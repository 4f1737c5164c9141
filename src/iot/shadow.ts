// The names of a shadow: topics and paths (AWS IoT developer guide, "Device Shadow MQTT topics", "Device Shadow REST API"). Pure.
import type { Bytes } from "../bytes/bytes";
import { percentEncode } from "../bytes/percent";

/** What is asked of a shadow. */
export interface ShadowRequest {
  /** How the command is called: "shadow.get". */
  what: string;
  verb: "get" | "update" | "delete";
  thing: string;
  /** "" for the classic shadow. */
  name: string;
  /** The document of an update, without a client token; "" otherwise. */
  body: Bytes;
  /** Version conflicts that the change met so far. */
  conflicts?: number;
}

/** What came back: by MQTT 200 is an accepted request, 0 a rejected one. */
export interface ShadowAnswer {
  status: number;
  body: Bytes;
  /** By HTTPS only. */
  headers?: { [name: string]: string };
}

/** What all topics of a shadow begin with, slash and all. */
export function shadowTopic(thing: string, name: string): string {
  return "$aws/things/" + thing + "/shadow/" + (name ? "name/" + name + "/" : "");
}

/** Path and query of a shadow by HTTPS. */
export function shadowPath(thing: string, name: string): string {
  return "/things/" + percentEncode(thing) + "/shadow" + (name ? "?name=" + percentEncode(name) : "");
}

/** True for the name of a shadow: 1 to 64 letters, digits, - _ : $. */
export function isShadowName(name: unknown): boolean {
  return typeof name == "string" && name.length < 65 && /^[$a-zA-Z0-9:_-]+$/.test(name);
}
