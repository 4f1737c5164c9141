// The head of an HTTP/1.1 request (RFC 9112 sections 3 and 5).
import type { Bytes } from "../bytes/bytes";

/** A header as it is sent. */
export type Header = [name: string, value: Bytes];

function oneLine(text: Bytes): Bytes {
  return text.split("\r").join(" ").split("\n").join(" ").split("\0").join(" ");
}

/**
 * The request line and headers with the blank line after them. `target` is the request target, percent-encoded.
 * A CR, LF or NUL in a target, name or value would let data become headers: it is replaced by a space, which a signed request does not survive.
 */
export function requestHead(method: string, target: string, headers: Header[]): Bytes {
  let head = oneLine(method + " " + target) + " HTTP/1.1\r\n";
  for (const header of headers) head += oneLine(header[0] + ": " + header[1]) + "\r\n";
  return head + "\r\n";
}
