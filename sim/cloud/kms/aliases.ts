// ListAliases, the one operation this KMS has (AWS KMS API reference, ListAliases).
import { KmsError, kmsRefusal } from "./errors";
import { KeyRefusal, readName, type Alias, type KmsKeys } from "./keys";

const DEFAULT_LIMIT = 50;
const MOST = 100;

/** @param body the request's JSON. Fails with KmsError. */
export function listAliases(body: string, keys: KmsKeys): object {
  const { Limit: limit = DEFAULT_LIMIT, Marker: marker, KeyId: keyId } = readQuestion(body);
  if (limit < 1) throw kmsRefusal.validation(limit, "greater than or equal to 1");
  if (limit > MOST) throw kmsRefusal.validation(limit, `less than or equal to ${MOST}`);
  const after = marker === undefined ? "" : readMarker(marker);
  const rest = keys.list(keyId === undefined ? undefined : findKeyId(keyId, keys)).filter((alias) => alias.name > after);
  const page = rest.slice(0, limit);
  const truncated = rest.length > page.length;
  return { Aliases: page.map(describe), ...(truncated ? { NextMarker: Buffer.from("1" + page.at(-1)!.name).toString("base64") } : {}), Truncated: truncated };
}

interface Question {
  KeyId?: string;
  Limit?: number;
  Marker?: string;
}

/** Members of other names are ignored, as AWS does. */
function readQuestion(body: string): Question {
  let question: unknown;
  try {
    question = JSON.parse(body);
  } catch {
    throw kmsRefusal.serialization("");
  }
  if (typeof question !== "object" || question === null || Array.isArray(question)) throw kmsRefusal.serialization("Start of structure or map found where not expected.");
  const { Limit: limit, Marker: marker, KeyId: keyId } = question as Record<string, unknown>;
  if (limit !== undefined && !Number.isInteger(limit)) throw kmsRefusal.serialization(`${typeof limit === "string" ? "STRING_VALUE" : "value"} can not be converted to an Integer`);
  for (const text of [marker, keyId]) {
    if (text !== undefined && typeof text !== "string") throw kmsRefusal.serialization("value can not be converted to a String");
  }
  return question as Question;
}

function readMarker(marker: string): string {
  const text = Buffer.from(marker, "base64").toString();
  if (!text.startsWith("1alias/") || Buffer.from(text).toString("base64") !== marker) throw kmsRefusal.invalidMarker(marker);
  return text.slice(1);
}

/** A key id or key ARN; an alias is not taken here. */
function findKeyId(name: string, keys: KmsKeys): string {
  const { region, resource } = readName(name);
  if (name.startsWith("arn:") && (region !== keys.region || resource.startsWith("alias/"))) throw new KmsError("InvalidArnException", `Invalid arn ${region ?? name}`);
  try {
    return keys.byId(resource).keyId;
  } catch (error) {
    throw error instanceof KeyRefusal ? new KmsError(error.code, error.message) : error;
  }
}

/** Times are seconds since 1970 with a fraction. */
function describe({ name, arn, keyId, created }: Alias): object {
  const time = created / 1000;
  return { AliasArn: arn, AliasName: name, CreationDate: time, LastUpdatedDate: time, ...(keyId === undefined ? {} : { TargetKeyId: keyId }) };
}
