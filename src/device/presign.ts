// device.presign: a URL that lets whoever has it read or write one object for a while (S3 API reference, sigv4-query-string-auth).
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { bucketAddress, keyPath } from "../s3/address";
import type { S3Access } from "../s3/signedRequest";
import { keyOfTheDay } from "../s3/signedRequest";
import { amzDate } from "../sigv4/amzDate";
import { presign } from "../sigv4/presign";
import { credentialScope } from "../sigv4/stringToSign";
import { keyFault } from "./arguments";
import { isWhole } from "./options";
import type { SeldomCommand, Services } from "./seldom";

/** A week: the most that S3 takes. */
const LONGEST = 604800;
const METHODS = ["GET", "PUT", "HEAD", "DELETE"];

/** The part of the access that a signature needs. */
type Signer = Pick<S3Access, "address" | "region" | "credentials" | "key" | "expectedOwner">;

/** The access without network and card: a URL is made of settings and clock alone. */
function signer(services: Services): Signer | Failure {
  const failed = services.context.fault(true);
  if (failed) return failed;
  const { s3, credentials } = services.context.settings() as { [section: string]: any };
  const made: Signer = { address: bucketAddress(s3), region: s3.region, credentials: credentials };
  if (s3.expectedOwner) made.expectedOwner = s3.expectedOwner;
  return made;
}

/** The URL for `method` on `key`, good for `seconds` from now. Whoever uses it sends no other header of S3's. */
export function presignedUrl(platform: Platform, access: Signer, method: string, key: string, seconds: number): string {
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
  const access = signer(services);
  if ("code" in access) return done(access);
  const platform = services.platform;
  const print = platform.console.print;
  const url = presignedUrl(platform, access, verb, key, seconds);
  print(url);
  print(
    "presign " + verb + " " + key + ": good until " + new Date(platform.clock.now() + seconds * 1000).toISOString() +
    (access.credentials.sessionToken ? ", or until the session token ends" : "") + "; whoever has the URL can use it",
  );
  // It would have to be a header that everybody sends who uses the URL.
  if (access.expectedOwner) print("  the URL does not check s3.expectedOwner");
  done(undefined, url);
};
