// The answer of ListAliases, read while it comes (AWS KMS API reference, ListAliases): one alias in memory, fed in any slices.
import type { Bytes } from "../bytes/bytes";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";

export interface Alias {
  /** "alias/..." */
  alias: string;
  arn: string;
  /** Absent where AWS made the alias and nobody used its key yet. */
  keyId?: string;
}

export interface AliasReader {
  /** Takes the next bytes. A failure (http) if they cannot be such an answer. */
  feed(bytes: Bytes): Failure | undefined;
  /** After the last byte: a failure (http) if the answer was not whole. */
  end(): Failure | undefined;
  /** The marker of the next page, "" if this one is the last. */
  next(): string;
}

/** The most that an alias may take, and what stands outside of them. */
const LIMIT = 4096;

function noAnswer(): Failure {
  return failure("http", "The answer is not one of KMS", "Is kms.endpoint a KMS? A proxy or captive portal answers like this.");
}

function parse(text: Bytes): any {
  try {
    return JSON.parse(text);
  } catch (error) {
    return undefined;
  }
}

/**
 * A reader that hands each alias to `found`. Aliases hold no object, and no brace can stand in their names or ARNs: each ends with the
 * first "}".
 */
export function createAliasReader(found: (alias: Alias) => void): AliasReader {
  let text = "";
  /** All but the aliases. */
  let outside = "";
  /** 0 before the list of aliases, 1 in it, 2 after it. */
  let place = 0;
  let wrong = false;
  let rest: any;

  function takeAlias(end: number): void {
    const from = text.indexOf("{");
    const one = from < 0 ? undefined : parse(text.substr(from, end + 1 - from));
    text = text.substr(end + 1);
    if (!one || typeof one.AliasName != "string") {
      wrong = true;
      return;
    }
    const alias: Alias = { alias: one.AliasName, arn: one.AliasArn || "" };
    if (one.TargetKeyId) alias.keyId = one.TargetKeyId;
    found(alias);
  }

  /** One step; false if more bytes must come first. */
  function step(): boolean {
    const end = place == 2 ? -1 : text.indexOf(place ? "]" : "[");
    if (place == 1) {
      const brace = text.indexOf("}");
      if (brace >= 0 && (end < 0 || brace < end)) {
        takeAlias(brace);
        return true;
      }
      if (end < 0) return false;
    }
    if (end < 0) {
      outside += text;
      text = "";
      return false;
    }
    // The list itself is left empty: what remains is JSON that can be parsed.
    outside += place ? "]" : text.substr(0, end + 1);
    text = text.substr(end + 1);
    place++;
    return true;
  }

  return {
    feed: function (bytes) {
      text += bytes;
      while (step());
      return wrong || text.length > LIMIT || outside.length > LIMIT ? noAnswer() : undefined;
    },
    end: function () {
      const closed = outside.trim();
      rest = closed[closed.length - 1] == "}" ? parse(closed) : undefined;
      return wrong || place != 2 || !rest || !(rest.Aliases instanceof Array) || (rest.Truncated && !rest.NextMarker) ? noAnswer() : undefined;
    },
    next: function () {
      return rest.Truncated ? rest.NextMarker : "";
    },
  };
}
