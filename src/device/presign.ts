// device.presign: a URL that lets whoever has it read or write one object for a while (S3 API reference, sigv4-query-string-auth).
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { keyPath } from "../s3/address";
import type { S3Access } from "../s3/signedRequest";
import { keyOfTheDay } from "../s3/signedRequest";
import { amzDate } from "../sigv4/amzDate";
import { presign } from "../sigv4/presign";
import { credentialScope } from "../sigv4/stringToSign";
import { isWhole, keyFault } from "./arguments";
import type { SeldomCommand } from "./seldom";

/** A week: the most that S3 takes. */
const LONGEST = 604800;
const METHODS = ["GET", "PUT", "HEAD", "DELETE"];

/** The URL for `method` on `key`, good for `seconds` from now. Whoever uses it sends no other header of S3's. */
export function presignedUrl(platform: Platform, access: S3Access, method: string, key: string, seconds: number): string {
  const address = access.address;
  const date = amzDate(platform.clock.now());
  const path = keyPath(address, key);
  const signed = presign(
    platform.hash, keyOfTheDay(platform, access, credentialScope(date, access.region, "s3")),
    { method: method, path: path, query: [], headers: [["host", address.hostHeader]], payloadHash: "UNSIGNED-PAYLOAD" },
    date, access.region, "s3", access.credentials.accessKeyId, seconds, access.credentials.sessionToken,
  );
  return "https://" + address.hostHeader + path + "?" + signed.query;
}

function presignFault(method: string, key: unknown, seconds: unknown): Failure | undefined {
  if (METHODS.indexOf(method) < 0) return failure("argument", "The method is not one of " + METHODS.join(", "), 'For example device.presign("GET","firmware.bin",3600)');
  if (!isWhole(seconds, 1, LONGEST)) return failure("argument", "The time is not a whole number of seconds from 1 to " + LONGEST, "S3 takes no URL that is good for more than a week.");
  return keyFault(key, 'device.presign("GET","firmware.bin",3600)');
}

/** device.presign(method, key, seconds). */
export const presignCommand: SeldomCommand = function (services, started, done, method, key, seconds) {
  const verb = ("" + method).toUpperCase();
  const fault = presignFault(verb, key, seconds);
  if (fault) return done(fault);
  services.context.ready(function (failed, access) {
    if (failed) return done(failed);
    const platform = services.platform;
    const print = platform.console.print;
    const url = presignedUrl(platform, access!, verb, key, seconds);
    print(url);
    print(
      "presign " + verb + " " + key + ": good until " + new Date(platform.clock.now() + seconds * 1000).toISOString() +
      (access!.credentials.sessionToken ? ", or until the session token ends" : "") + "; whoever has the URL can use it",
    );
    done(undefined, url);
  });
};
