// Byte strings: what Espruino's sockets, files, hashes and flash hold. Every character is 0..255 (latin1).

/** Text as UTF-8 bytes: how Espruino reads a source text or a message of the host. */
export function utf8Bytes(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** A byte string for people: decoded as UTF-8, wrong bytes become U+FFFD. */
export function readable(bytes: string): string {
  return /^[\x00-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

/** Any value as the bytes that String(value) has on a board. A character above 255 becomes its UTF-8 bytes. */
export function asBytes(value: unknown): string {
  const text = typeof value === "string" ? value : String(value);
  return /^[\x00-\xff]*$/.test(text) ? text : text.replace(/[^\x00-\xff]+/g, utf8Bytes);
}

export function toBuffer(bytes: string): Buffer {
  return Buffer.from(bytes, "latin1");
}

export function fromBuffer(buffer: Uint8Array): string {
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).toString("latin1");
}

/**
 * The bytes that Espruino's natives see in a value: strings byte by byte, arrays and typed arrays element by element
 * (low 8 bits), nested, `{data, count}` repeated, anything else as one number.
 */
export function collectBytes(value: unknown): Buffer {
  if (typeof value === "string") return toBuffer(asBytes(value));
  if (ArrayBuffer.isView(value) || isArrayBuffer(value)) {
    const view = ArrayBuffer.isView(value) ? value : new Uint8Array(value);
    if (byteElements(view)) return Buffer.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    return Buffer.from(Array.from(view as unknown as ArrayLike<number>, (element) => element & 255));
  }
  const out: number[] = [];
  addBytes(value, out);
  return Buffer.from(out);
}

/** True for an ArrayBuffer of any world (instanceof would only know this one). */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

function byteElements(view: ArrayBufferView): boolean {
  return (view as Partial<Uint8Array>).BYTES_PER_ELEMENT === 1 || view.byteLength === (view as Partial<Uint8Array>).length
    || Object.prototype.toString.call(view) === "[object DataView]";
}

function addBytes(value: unknown, out: number[]): void {
  if (Array.isArray(value)) {
    for (const item of value) addBytes(item, out);
  } else if (typeof value === "string" || ArrayBuffer.isView(value) || isArrayBuffer(value)) {
    for (const byte of collectBytes(value)) out.push(byte);
  } else if (typeof value === "object" && value !== null && "data" in value) {
    const { data, count } = value as { data: unknown; count?: number };
    for (let i = 0; i < (count ?? 1); i++) addBytes(data, out);
  } else {
    out.push(Number(value) & 255);
  }
}
