// One policy for every request to S3: what to do after a failure (S3 user guide, "Error responses"; reference 4.6, 4.7).
import type { Done, Failure } from "../flow/failure";
import { fullBucket, fullJitter, takeRetry } from "../flow/backoff";
import type { Platform } from "../platform/ports";
import { bucketAddress } from "./address";
import type { BucketAddress, BucketSettings } from "./address";
import type { S3Access } from "./signedRequest";

/** Retries after the first attempt; milliseconds of the first ceiling and of the highest. */
const RETRIES = 4, BASE = 1000, CAP = 20000;

/**
 * retry: try again after a while. clock, region, credentials, redirect: mend that once and try again at once. "" = give up. An upload in
 * parts that S3 has lost (NoSuchUpload, InvalidPart) begins anew; that is decided where its parts are known (multipart/).
 */
export type Remedy = "retry" | "clock" | "region" | "credentials" | "redirect" | "";

/** Whoever answers must not be able to send us anywhere but to a region's name. */
function isRegion(text: string): boolean {
  return /^[a-z0-9-]+$/.test(text) && text.split("-").length > 2;
}

/** The host and port in a Location, lower case; "" if it is no address with https. */
function hostOf(location: string | undefined): string {
  return location && location.startsWith("https://") ? location.substr(8).split("/")[0]!.split("?")[0]!.toLowerCase() : "";
}

/** Whoever answers must not be able to send us, and what we upload, anywhere but within AWS, or back to the very host of the settings. */
function mayFollow(host: string, address: BucketAddress): boolean {
  return host == address.hostHeader || (/^[a-z0-9.-]+$/.test(host) && (host.endsWith(".amazonaws.com") || host.endsWith(".amazonaws.com.cn")));
}

/** The class of a failure. */
export function remedy(failed: Failure): Remedy {
  const code = failed.code;
  if (code == "connection-lost" || code == "timeout" || code == "handshake" || code == "connect" || code == "dns" || code == "s3-incomplete") return "retry";
  const answer = failed.cause;
  // Credentials that ended before they came: by the board's clock, and the server told its own.
  if (code == "time" && answer) return "clock";
  if ((code != "s3" && code != "kms" && code != "iot") || !answer) return "";
  // KMS has one code for a wrong signature and a wrong time (IAM user guide, "Troubleshoot Signature Version 4").
  const untimely = answer.message.startsWith("Signature expired") || answer.message.startsWith("Signature not yet");
  if (answer.code == "RequestTimeTooSkewed" || (code == "kms" && untimely)) return "clock";
  // S3 names the bucket's region beside other refusals as well; a HEAD's 400 has no code.
  if (answer.region && isRegion(answer.region) && (answer.code == "AuthorizationHeaderMalformed" || answer.status == 301 || (answer.status == 400 && answer.code == ""))) return "region";
  const status = answer.status;
  if (status == 307) return hostOf(answer.location) ? "redirect" : "";
  // What is no answer of the credentials provider is a proxy's, or was cut.
  if (code == "iot" && status == 200) return "retry";
  if ("ExpiredToken InvalidToken TokenRefreshRequired InvalidAccessKeyId ExpiredTokenException UnrecognizedClientException".split(" ").indexOf(answer.code) >= 0) return "credentials";
  if (status == 429 || status == 500 || status == 502 || status == 503 || status == 504 || status == 509) return "retry";
  return "RequestTimeout ThrottlingException OperationAborted ConditionalRequestConflict BadDigest ConflictException".split(" ").indexOf(answer.code) >= 0 ? "retry" : "";
}

/** What the policy may mend of an access; with nothing in it only the clock and the network are left to mend. */
export type Mendable = Partial<Pick<S3Access, "bucket" | "settings" | "region" | "address" | "refresh" | "due" | "credentials">>;

/** What was tried for one operation so far. */
export interface Trials {
  tries: number;
  /** Tokens that the last retry took. */
  cost: number;
  mended: Remedy[];
  /** The answer to an earlier try was lost: S3 may have done what it was asked. */
  lost?: boolean;
  /** Where a redirect that was followed is to be forgotten again. */
  home?: BucketAddress | undefined;
}

/**
 * Decides what comes after a failure: `decided` gets the milliseconds until the next attempt, or a failure when nothing helps. The clock
 * is mended once from the server's Date, a wrong region followed once (and only within AWS's own naming or the same endpoint),
 * credentials that ran out are renewed once where they can be, a temporary redirect (307) is followed once and not remembered. None of
 * these counts as a retry.
 */
export function recover(platform: Platform, access: Mendable, trials: Trials, failed: Failure, decided: Done<number>): void {
  const way = remedy(failed);
  const answer = failed.cause;
  if (answer && answer.status == 412 && trials.lost) failed.message += " (an earlier try, whose answer was lost, may have stored it: device.head tells)";
  if (!answer) trials.lost = true;
  if (way == "retry") {
    // A name or port that is wrong stays wrong: two retries are enough to tell.
    const most = failed.code == "connect" || failed.code == "dns" ? 2 : RETRIES;
    const bucket = (access.bucket = access.bucket || fullBucket());
    trials.cost = trials.tries < most ? takeRetry(bucket, failed.code == "timeout") : 0;
    if (!trials.cost) return decided(failed);
    const wait = fullJitter(BASE, CAP, trials.tries++, platform.random.fraction());
    platform.console.print("  " + failed.message + "; again in " + (wait / 1000).toFixed(1) + " s");
    return decided(undefined, wait + 1);
  }
  if (!way || trials.mended.indexOf(way) >= 0) return decided(failed);
  trials.mended.push(way);
  if (way == "clock") {
    const server = answer && answer.date ? new Date(answer.date).getTime() : 0;
    if (!server) return decided(failed);
    platform.console.print("  the clock is mended by the server's date, " + answer!.date);
    platform.clock.set(server);
  } else if (way == "credentials") {
    if (!access.refresh) return decided(failed);
    platform.console.print("  the credentials ran out: " + answer!.code);
    // Whatever their expiry says: they are not good any more, and the token only takes room.
    if (access.credentials) {
      access.credentials.expires = 0;
      access.credentials.sessionToken = "";
    }
    // They are renewed before the next attempt, when this module is let go: mutual TLS leaves little memory.
    access.due = 0;
  } else if (!access.settings || !access.address || (way == "region" && answer!.region == access.region)) return decided(failed);
  else if (way == "redirect") {
    const host = hostOf(answer!.location);
    const home = access.address;
    if (!mayFollow(host, home)) return decided(failed);
    platform.console.print("  S3 sends this request to " + host);
    trials.home = home;
    const root = host.startsWith(access.settings.bucket + ".") ? "/" : "/" + access.settings.bucket + "/";
    if (host != home.hostHeader) access.address = { host: host, port: 443, hostHeader: host, root: root };
  } else {
    platform.console.print("  the bucket is in " + answer!.region + ", s3.region says " + access.region);
    access.region = answer!.region!;
    trials.home = undefined;
    const settings: BucketSettings = { bucket: access.settings.bucket, region: access.region };
    if (access.settings.endpoint) settings.endpoint = access.settings.endpoint;
    access.address = bucketAddress(settings);
  }
  decided(undefined, 1);
}
