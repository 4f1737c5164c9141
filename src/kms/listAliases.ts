// ListAliases, page after page (AWS KMS API reference, ListAliases; protocol AWS JSON 1.1): aliases are handed on while they come.
import type { Bytes } from "../bytes/bytes";
import { failure } from "../flow/failure";
import type { Done } from "../flow/failure";
import { exchange } from "../http/exchange";
import type { Response } from "../http/response";
import { requestHead } from "../http/request";
import type { Platform } from "../platform/ports";
import { amzDate } from "../sigv4/amzDate";
import type { Pair } from "../sigv4/canonicalRequest";
import { sha256Hex } from "../sigv4/hmac";
import { authorization, sign } from "../sigv4/signature";
import { signingKey } from "../sigv4/signingKey";
import { credentialScope } from "../sigv4/stringToSign";
import type { Alias, AliasReader } from "./aliasesJson";
import { createAliasReader } from "./aliasesJson";
import { kmsRefusal } from "./refusal";

/** The most that KMS puts into a page. */
const PAGE = 100;
/** How much of an error's body is kept. */
const KEPT = 1500;

/** What requests to KMS have in common. */
export interface KmsAccess {
  host: string;
  port: number;
  region: string;
  /** Asked for each request: temporary ones are renewed between them. */
  credentials(): { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  handshakeSeconds: number;
  silenceSeconds: number;
  /** Runs an attempt with the retry policy. */
  persist<T>(attempt: (done: Done<T>) => void, done: Done<T>): void;
}

/** The endpoint of KMS in a region (AWS General Reference, "AWS KMS endpoints and quotas"). */
export function kmsHost(region: string): string {
  return "kms." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
}

/** The head of a signed request for `body`. */
function signedHead(platform: Platform, access: KmsAccess, body: Bytes): Bytes {
  const date = amzDate(platform.clock.now());
  const headers: Pair[] = [
    ["host", access.port == 443 ? access.host : access.host + ":" + access.port],
    ["content-type", "application/x-amz-json-1.1"],
    ["x-amz-date", date],
    ["x-amz-target", "TrentService.ListAliases"],
  ];
  const credentials = access.credentials();
  if (credentials.sessionToken) headers.push(["x-amz-security-token", credentials.sessionToken]);
  const hash = platform.hash;
  const key = signingKey(hash, credentials.secretAccessKey, credentialScope(date, access.region, "kms"));
  const signed = sign(
    hash, key, { method: "POST", path: "/", query: [], headers: headers, payloadHash: sha256Hex(hash, body) }, date, access.region, "kms",
  );
  headers.push(["authorization", authorization(credentials.accessKeyId, signed)], ["content-length", "" + body.length], ["connection", "close"]);
  return requestHead("POST", "/", headers);
}

function ask(platform: Platform, access: KmsAccess, body: Bytes, reader: AliasReader, done: Done<Response>): void {
  let left = body;
  let refused = false;
  let text = "";
  exchange(
    platform,
    {
      host: access.host, port: access.port, method: "POST", head: signedHead(platform, access, body), keep: "x-amzn-requestid date",
      handshakeSeconds: access.handshakeSeconds, silenceSeconds: access.silenceSeconds, stride: 0,
      body: {
        next: function () {
          const piece = left;
          left = "";
          return piece;
        },
        failed: () => undefined,
      },
    },
    {
      head: function (response) {
        refused = response.status != 200;
        return undefined;
      },
      body: function (bytes) {
        if (!refused) return reader.feed(bytes);
        if (text.length < KEPT) text += bytes.substr(0, KEPT - text.length);
        return undefined;
      },
    },
    function (failed, response) {
      if (response && refused) done(kmsRefusal(response, text));
      else done(failed || reader.end(), response);
    },
  );
}

/**
 * Hands on the aliases of the account in this region, `most` at most (0 = all); `done` gets true if there are more. A page that was cut is
 * asked for again, and what was handed on of it is passed over. Failures: kms (refused), http (no such answer) and those of `exchange`.
 */
export function listAliases(platform: Platform, access: KmsAccess, most: number, found: (alias: Alias) => void, done: Done<boolean>): void {
  let count = 0;
  let marker = "";

  function page(): void {
    const limit = most && most - count < PAGE ? most - count : PAGE;
    const body = JSON.stringify(marker ? { Limit: limit, Marker: marker } : { Limit: limit });
    /** Aliases of this page that an earlier attempt handed on: KMS keeps their order for a marker. */
    let taken = 0;
    let seen = 0;
    let reader: AliasReader;

    access.persist<boolean>(function (ended) {
      seen = 0;
      reader = createAliasReader(function (alias) {
        if (seen++ < taken || (most && count >= most)) return;
        taken++;
        count++;
        found(alias);
      });
      ask(platform, access, body, reader, function (failed) {
        ended(failed, !failed && reader.next() != "");
      });
    }, function (failed, more) {
      if (failed || !more || (most && count >= most)) return done(failed, more);
      if (reader.next() == marker) return done(failure("http", "The server sends the same page again and again", "Is kms.endpoint a KMS?"));
      marker = reader.next();
      platform.timers.after(1, page);
    });
  }

  page();
}
