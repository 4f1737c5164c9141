// JSON as the interpreter reads and writes it.
import type { Realm } from "../realm";
import { LenientParser } from "./lenient-parser";

/** Replaces JSON.parse (lenient, reviver ignored) and JSON.stringify (bytes escaped, replacer ignored, getters left out). */
export function breakJson(realm: Realm): void {
  const native = realm.intrinsics.JSON;
  const { parse, stringify } = native;
  realm.define(native, {
    parse(text: unknown) {
      const source = String(text);
      if (!source.includes("\\u")) {
        try {
          return parse(source);
        } catch {
          // not strict JSON: the interpreter takes more than that
        }
      }
      return new LenientParser(source, realm).parse();
    },
    stringify(value: unknown, _replacer?: unknown, space?: number | string) {
      if (value === undefined || typeof value === "function") return value === undefined ? "null" : "undefined";
      const text = stringify(value, plain, space);
      return escaped(text);
    },
  });
  // a typed array is written as a JSON array; toJSON of Uint8Array would be visible, so it is done here
  function plain(this: Record<string, unknown>, key: string, value: unknown): unknown {
    if (key !== "" && Object.getOwnPropertyDescriptor(this, key)?.get) return undefined;
    if (ArrayBuffer.isView(value)) return realm.array([...(value as Uint8Array)]);
    return value;
  }
}

function escaped(text: string): string {
  return text.replace(/[\x7f-\uffff]/g, (character) => "\\u" + character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0"))
    .replace(/\\u00([01][0-9a-f])/g, (all: string, hex: string) => (hex === "0b" ? "\\u000B" : all.toUpperCase().replace("\\U", "\\u")));
}
