// Reads what a request says about its signature, from the Authorization header or from a presigned URL.
// S3 API reference, "Authenticating requests: using the Authorization header" and "... using query parameters".
import { malformedHeader, malformedQuery, refusedSignature } from "./authentication-errors";
import type { S3Error } from "./errors";
import { parameter, type S3Request } from "./request";
import type { Scope } from "../signature";

export interface Claim {
  form: "header" | "query";
  accessKeyId: string;
  scope: Scope;
  signedHeaders: string[];
  signature: string;
  /** YYYYMMDDTHHMMSSZ */
  amzDate: string;
  /** The same in milliseconds since 1970. */
  time: number;
  sessionToken: string | undefined;
  /** Presigned URLs only. */
  expiresSeconds: number | undefined;
}

/** Fails with InvalidArgument, InvalidRequest, AuthorizationHeaderMalformed, or AccessDenied if there is no date. */
export function readHeaderClaim(request: S3Request): Claim {
  const value = request.headers["authorization"] ?? "";
  const [, algorithm = "", rest = ""] = /^(\S+) +(.*)$/.exec(value) ?? [];
  if (algorithm === "") throw malformedHeader.noSpace(value);
  if (algorithm === "AWS") throw malformedHeader.version2();
  if (algorithm !== "AWS4-HMAC-SHA256") throw malformedHeader.unsupportedType(value);
  const components = new Map<string, string>();
  const parts = rest.split(",").map((part) => part.trim());
  if (parts.length !== 3) throw malformedHeader.threeComponents();
  for (const part of parts) {
    const [, name, content] = /^([^=]+)=([^=]+)$/.exec(part) ?? [];
    if (name === undefined || content === undefined) throw malformedHeader.component(part);
    components.set(name, content);
  }
  const component = (name: string): string => {
    const content = components.get(name);
    if (content === undefined) throw malformedHeader.missing(name);
    return content;
  };
  const credential = readCredential(component("Credential"), malformedHeader);
  const signedHeaders = component("SignedHeaders").toLowerCase().split(";");
  const signature = component("Signature");
  const amzDate = readDate(request.headers["x-amz-date"] ?? request.headers["date"]);
  const time = amzDate === undefined ? undefined : parseAmzDate(amzDate);
  if (amzDate === undefined || time === undefined) throw refusedSignature.missingDate();
  const sessionToken = request.headers["x-amz-security-token"];
  return { form: "header", ...credential, signedHeaders, signature, amzDate, time, sessionToken, expiresSeconds: undefined };
}

/** Fails with AuthorizationQueryParametersError. */
export function readQueryClaim(request: S3Request): Claim {
  const required = (name: string): string => {
    const value = parameter(request, name);
    if (value === undefined || value === "") throw malformedQuery.missing();
    return value;
  };
  if (required("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") throw malformedQuery.algorithm();
  const credential = readCredential(required("X-Amz-Credential"), malformedQuery);
  const amzDate = required("X-Amz-Date");
  const time = parseAmzDate(amzDate);
  if (time === undefined) throw malformedQuery.date();
  const signature = required("X-Amz-Signature");
  const signedHeaders = required("X-Amz-SignedHeaders").toLowerCase().split(";");
  const expires = required("X-Amz-Expires");
  if (!/^-?\d+$/.test(expires)) throw malformedQuery.expiresNumber();
  if (Number(expires) < 0) throw malformedQuery.expiresNegative();
  if (Number(expires) > 604_800) throw malformedQuery.expiresTooLarge();
  const sessionToken = parameter(request, "X-Amz-Security-Token");
  return { form: "query", ...credential, signedHeaders, signature, amzDate, time, sessionToken, expiresSeconds: Number(expires) };
}

interface CredentialErrors {
  credential(): S3Error;
  dateFormat(date: string): S3Error;
  terminal(text: string): S3Error;
}

function readCredential(text: string, malformed: CredentialErrors): { accessKeyId: string; scope: Scope } {
  const [accessKeyId, date, region, service, terminal, ...more] = text.split("/");
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined || terminal === undefined || more.length > 0) {
    throw malformed.credential();
  }
  if (terminal !== "aws4_request") throw malformed.terminal(terminal);
  if (!/^\d{8}$/.test(date)) throw malformed.dateFormat(date);
  return { accessKeyId, scope: { date, region, service } };
}

/** x-amz-date as it stands; a Date header (RFC 9110, 5.6.7) is brought into the same form. */
function readDate(value: string | undefined): string | undefined {
  if (value === undefined || parseAmzDate(value) !== undefined) return value;
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return undefined;
  return new Date(value).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function parseAmzDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const time = Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  return Number.isNaN(time) ? undefined : time;
}
