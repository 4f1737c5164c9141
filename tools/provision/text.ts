// A file's bytes as text: what editors, PowerShell and copying through JSON make of a PEM file or of settings.

/** The text of a file: UTF-8, or UTF-16 as PowerShell writes it; without a byte order mark. */
export function fileText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString("utf16le");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return Buffer.from(bytes.subarray(2, bytes.length & ~1)).swap16().toString("utf16le");
  return bytes.toString("utf8").replace(/^\ufeff/, "");
}

/** Every text in a JSON value, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value && typeof value === "object" ? Object.values(value).flatMap(textsOf) : [];
}

/** `text` itself, or, if it is JSON (what `aws iot create-keys-and-certificate` prints), all texts in it. */
export function unwrapJson(text: string): string {
  if (!/^\s*[[{"]/.test(text)) return text;
  try {
    return textsOf(JSON.parse(text)).join("\n");
  } catch {
    return text;
  }
}
