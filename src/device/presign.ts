// device.presign: a URL that lets whoever has it read or write one object for a while (S3 API reference, sigv4-query-string-auth).
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
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

/** The access without network and card: with keys of one's own a URL is made of settings and clock alone. */
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

/** Hands over what signs: for keys from AWS IoT the access of all commands, which holds them, and may have to fetch them first. */
function withSigner(services: Services, done: Done<Signer>): void {
  const settings = services.context.settings();
  if (!settings["credentials"] || settings["credentials"].source != "iot") {
    const made = signer(services);
    return "code" in made ? done(made) : done(undefined, made);
  }
  services.context.ready(function (failed, access) {
    if (failed) done(failed);
    else access!.persist<Signer>((told) => told(undefined, access), done);
  });
}

/** How long the URL is good: no longer than the credentials that signed it. */
function goodUntil(access: Signer, now: number, seconds: number): string {
  const { expires, sessionToken } = access.credentials;
  const end = now + seconds * 1000;
  const asked = new Date(end).toISOString();
  if (expires !== undefined && expires < end) return new Date(expires).toISOString() + " and NOT until " + asked + ": it dies with the credentials";
  return asked + (sessionToken && expires === undefined ? ", or until the session token ends" : "");
}

/** Makes the URL and prints it. */
function tell(platform: Platform, access: Signer, verb: string, key: string, seconds: number, done: Done<string>): void {
  const print = platform.console.print;
  const url = presignedUrl(platform, access, verb, key, seconds);
  print(url);
  print("presign " + verb + " " + key + ": good until " + goodUntil(access, platform.clock.now(), seconds) + "; whoever has the URL can use it");
  // It would have to be a header that everybody sends who uses the URL.
  if (access.expectedOwner) print("  the URL does not check s3.expectedOwner");
  done(undefined, url);
}

/** device.presign(method, key, seconds). */
export const presignCommand: SeldomCommand = function (services, started, done, method, key, seconds) {
  const verb = ("" + method).toUpperCase();
  const fault = presignFault(verb, key, seconds);
  if (fault) return done(fault);
  withSigner(services, function (failed, access) {
    if (failed) return done(failed);
    tell(services.platform, access!, verb, key, seconds, done);
  });
};
