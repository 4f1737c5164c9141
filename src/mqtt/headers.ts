// The packets that a broker sends beside PUBLISH: where they begin and end (MQTT 3.1.1, chapter 2).
import type { Bytes } from "../bytes/bytes";
import { find } from "../bytes/find";

/** What a broker may send, by the first byte: packets of two bytes, and the others. */
const WITH_TWO = "\x20\x40\x50\x62\x70\xb0", SUBACK = 0x90, PINGRESP = 0xd0;

/** An id and eight codes: no more filters than that go into one SUBSCRIBE. */
const LONGEST_SUBACK = 10;

/** What is wrong with the beginning of a packet, "" if nothing is; `length` is NaN while it is not known [MQTT-2.2.2-2]. */
function headerFault(first: number, length: number): string {
  const shortest = find(WITH_TWO, String.fromCharCode(first)) >= 0 ? 2 : first == SUBACK ? 3 : first == PINGRESP ? 0 : -1;
  if (shortest < 0) return "a packet that no broker may send (" + first + ")";
  if (length != length || length == shortest || (first == SUBACK && length > shortest && length <= LONGEST_SUBACK)) return "";
  return "packet " + first + " of length " + length;
}

/** The body of the packet that begins at `at`, undefined if more of it must come, or what is wrong with it. None is so long that its length takes two bytes. */
export function bodyAt(bytes: Bytes, at: number): { body?: Bytes; fault?: string } {
  const length = bytes.charCodeAt(at + 1);
  const fault = headerFault(bytes.charCodeAt(at), length);
  if (fault) return { fault: fault };
  return bytes.length < at + 2 + length || length != length ? {} : { body: bytes.substr(at + 2, length) };
}
