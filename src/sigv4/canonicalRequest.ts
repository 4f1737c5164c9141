// Step 1: the canonical request (AWS General Reference, "Create a signed AWS API request"; S3 API reference, sig-v4-header-based-auth).
import type { Bytes } from "../bytes/bytes";
import { percentDecode, percentEncode } from "../bytes/percent";

/** A header or a query parameter: name and value, in the order sent. */
export type Pair = [name: string, value: Bytes];

function byNameThenValue(a: Pair, b: Pair): number {
  if (a[0] != b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] == b[1] ? 0 : a[1] < b[1] ? -1 : 1;
}

/**
 * The path without empty, "." and ".." segments (RFC 3986 section 5.2.4), for every service but S3. As AWS's own signers do, and
 * unlike the RFC, a dot segment at the end leaves no slash: /a/. is /a.
 */
export function normalisePath(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/");
  for (const segment of segments) {
    if (segment == "..") kept.pop();
    else if (segment != "" && segment != ".") kept.push(segment);
  }
  return "/" + kept.join("/") + (kept.length && segments[segments.length - 1] == "" ? "/" : "");
}

/** Line 2. S3 signs the path of the request line as it is; other services normalise it and encode it once more. */
export function canonicalUri(wirePath: string, service: string): string {
  return service == "s3" ? wirePath || "/" : percentEncode(normalisePath(wirePath), true);
}

/** Line 3: names and values (not encoded yet) encoded, sorted by name, then by value; a name alone gets "=". */
export function canonicalQuery(query: Pair[]): string {
  const encoded = query.map(function (pair): Pair {
    return [percentEncode(pair[0]), percentEncode(pair[1])];
  });
  encoded.sort(byNameThenValue);
  return encoded.map((pair) => pair[0] + "=" + pair[1]).join("&");
}

/** The pairs of a query as it stands on a request line, decoded. */
export function parseQuery(text: string): Pair[] {
  const pairs: Pair[] = [];
  for (const part of text.split("&")) {
    if (part == "") continue;
    const at = part.indexOf("=");
    pairs.push(at < 0 ? [percentDecode(part), ""] : [percentDecode(part.substr(0, at)), percentDecode(part.substr(at + 1))]);
  }
  return pairs;
}

/** A header value as it is signed: trimmed, every run of white space one space (folded lines too). */
export function canonicalValue(value: Bytes): Bytes {
  let text = "";
  let gap = false;
  for (let i = 0; i < value.length; i++) {
    const char = value[i]!;
    if (char == " " || char == "\t" || char == "\r" || char == "\n") gap = true;
    else {
      if (gap && text != "") text += " ";
      gap = false;
      text += char;
    }
  }
  return text;
}

/** Line 4 and 5: the block `name:value` LF for each header, sorted, same names joined by ","; and the names joined by ";". */
export function canonicalHeaders(headers: Pair[]): { block: Bytes; names: string } {
  const values: { [name: string]: Bytes } = {};
  const names: string[] = [];
  for (const pair of headers) {
    const name = pair[0].toLowerCase();
    const value = canonicalValue(pair[1]);
    if (names.indexOf(name) >= 0) values[name] += "," + value;
    else {
      values[name] = value;
      names.push(name);
    }
  }
  names.sort((a, b) => (a == b ? 0 : a < b ? -1 : 1));
  let block = "";
  for (const name of names) block += name + ":" + values[name] + "\n";
  return { block: block, names: names.join(";") };
}

/** The six parts joined by LF. The header block ends with LF itself, so a blank line follows it. */
export function canonicalRequest(method: string, uri: string, query: string, block: Bytes, names: string, payloadHash: string): Bytes {
  return method + "\n" + uri + "\n" + query + "\n" + block + "\n" + names + "\n" + payloadHash;
}
