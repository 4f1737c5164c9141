// The answer of the credentials provider, and when its credentials are to be renewed (IoT developer guide, "Authorizing direct calls to AWS
// services using AWS IoT Core credential provider"). Pure.
import type { Bytes } from "../bytes/bytes";

export interface TemporaryCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** Milliseconds since 1970. */
  expires: number;
}

/** Milliseconds. Credentials that end within the margin are not used any more: a request takes a while to be looked at. */
const MINUTE = 60000, MARGIN = MINUTE;

/** "2026-01-01T13:00:00Z", with or without a fraction, as milliseconds since 1970; 0 if it is no such text. */
function instant(text: unknown): number {
  if (typeof text != "string" || text.length > 30 || !/^[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9.]+Z$/.test(text)) return 0;
  const time = new Date(text).getTime();
  // A day that does not exist reads as another one.
  return time > 0 && new Date(time).toISOString().substr(0, 19) == text.substr(0, 19) ? time : 0;
}

/** A text that can stand in a header. Looked through with single characters: a long token takes the interpreter a second otherwise. */
function isWord(text: unknown): text is string {
  return typeof text == "string" && text != "" && " \t\r\n\0".split("").every((character) => text.indexOf(character) < 0);
}

/** The credentials in the body of a success; undefined if they are not all there. The interpreter's JSON takes what follows it for nothing. */
export function readCredentials(body: Bytes): TemporaryCredentials | undefined {
  const text = body.trim();
  let said: any;
  try {
    said = text[0] == "{" && text[text.length - 1] == "}" ? JSON.parse(text).credentials : undefined;
  } catch (error) {}
  if (!said || typeof said != "object") return undefined;
  const expires = instant(said.expiration);
  if (!isWord(said.accessKeyId) || !isWord(said.secretAccessKey) || !isWord(said.sessionToken) || !expires) return undefined;
  return { accessKeyId: said.accessKeyId, secretAccessKey: said.secretAccessKey, sessionToken: said.sessionToken, expires: expires };
}

/** Whether credentials that end at `expires` may sign at `now`. */
export function areGood(expires: number | undefined, now: number): boolean {
  return expires !== undefined && now < expires - MARGIN;
}

/**
 * From when on to renew credentials that end at `expires`: 5 minutes before it, or a tenth of their life if that is more, and up to as much
 * earlier, by `fraction` (0 <= x < 1): boards that began together shall not all ask at once. At the soonest when half of their life is over.
 */
export function renewalDue(now: number, expires: number, fraction: number): number {
  const life = expires - now;
  const least = Math.max(5 * MINUTE, life / 10);
  return Math.floor(expires - Math.min(least * (1 + fraction), life / 2));
}
