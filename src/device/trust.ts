// The trust probe: does this interpreter refuse a server whose root it was not given? Stock Espruino does not (SECURITY.md).
import { find } from "../bytes/find";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { place } from "../iot/rest";
import type { Platform } from "../platform/ports";
import { bucketAddress } from "../s3/address";
import type { Context } from "./context";
import type { Services } from "./seldom";
import type { SelfTestResult } from "./selfTest";
import { wrongRoot } from "./wrongRoot";

export type Verdict = "checked" | "not checked" | "unknown";

/** What the probe found. */
export interface Trust {
  /** Is the chain of the server's certificate checked against the root? */
  certificate: Verdict;
  /** Is the certificate checked for the server's name? "checked" is weaker here: whoever stands between can bring it about. */
  serverName: Verdict;
  /** Why the certificate's verdict is unknown, "" if it is not. */
  why: string;
}

/** Milliseconds that the host may take to resolve a name. */
const RESOLVING = 10000;

interface Server {
  host: string;
  port: number;
  mutual: boolean;
  handshakeSeconds: number;
}

/** A server of the settings: where the bucket is, else AWS IoT. */
function serverOf(context: Context): Server | undefined {
  const { s3, iot, tls } = context.settings() as { [section: string]: any };
  const where = s3 ? bucketAddress(s3) : iot && place(iot.endpoint, 8883);
  return where && { host: where.host, port: (!s3 && iot.port) || where.port, mutual: !s3, handshakeSeconds: (tls && tls.handshakeSeconds) || 60 };
}

/** One handshake, and no more: an empty line is the hello, which HTTP passes over. Tells a failure, or nothing if it succeeded. */
function shakeHands(platform: Platform, server: Server, host: string, root: string | undefined, told: (failed?: Failure) => void): void {
  let open = false;
  function over(failed?: Failure): void {
    told(open ? undefined : failed || failure("handshake", "TLS handshake with " + host + " failed", "Try again."));
  }
  const options = { host: host, port: server.port, hello: "\r\n", deviceCertificate: server.mutual, handshakeSeconds: server.handshakeSeconds, silenceSeconds: 10, stride: 0 };
  const socket = platform.tls.connect(root === undefined ? options : Object.assign({ root: root }, options), {
    open: function () {
      open = true;
      socket.end();
    },
    data: function () {},
    drain: function () {},
    end: over,
    failed: over,
  });
}

/**
 * True if mbedTLS itself says that it refuses the certificate: X509_CERT_VERIFY_FAILED, or what Espruino prints of the result where
 * verification is optional. Any other failure proves nothing: whoever stands between can break a handshake off.
 */
function distrusted(failed: Failure): boolean {
  return find(failed.message, "-0x2700") >= 0 || find(failed.message, "x509_crt_verify:") >= 0;
}

/** Connects by address, with the right root: a certificate that is checked for the name would be refused. */
function probeName(platform: Platform, server: Server, told: (verdict: Verdict) => void): void {
  let waiting = true;
  let timer: number | undefined;
  function resolved(address: string): void {
    if (!waiting) return;
    waiting = false;
    platform.timers.cancel(timer);
    if (!address || address == server.host) return told("unknown");
    shakeHands(platform, server, address, undefined, function (failed) {
      told(!failed ? "not checked" : distrusted(failed) ? "checked" : "unknown");
    });
  }
  timer = platform.timers.after(RESOLVING, () => resolved(""));
  platform.network.address(server.host, resolved);
}

/** Wrong root, right root, right root by another name: as far as it goes. */
function probeServer(platform: Platform, server: Server, told: (certificate: Verdict, serverName: Verdict, why?: string) => void): void {
  shakeHands(platform, server, server.host, wrongRoot(), function (refused) {
    if (!refused) return told("not checked", "not checked");
    if (!distrusted(refused)) return told("unknown", "unknown", refused.message);
    if (platform.flash.read("ca.der") === undefined) return told("unknown", "unknown", "a wrong root is refused, the right one is not in flash (ca.der)");
    shakeHands(platform, server, server.host, undefined, function (failed) {
      if (!failed) probeName(platform, server, (name) => told("checked", name));
      else told("unknown", "unknown", distrusted(failed) ? "a wrong root is refused, and so is ca.der: is it the server's root, the host the server's name, the clock right?" : failed.message);
    });
  });
}

/** Runs the probe unless the board is `offline`, prints what it found, and keeps it in `context.trust`. Needs the TLS slot; sends nothing of value. */
export function probeTrust(platform: Platform, context: Context, done: (trust: Trust) => void, offline?: Failure): void {
  function found(certificate: Verdict, serverName: Verdict, why?: string): void {
    const trust: Trust = { certificate: certificate, serverName: serverName, why: why || "" };
    context.trust = trust;
    platform.console.print("TLS trust: " + (certificate == "checked" ? "the server's certificate is checked, its name: " + serverName
      : certificate == "unknown" ? "unknown, " + why : "not checked, this interpreter takes any certificate for the server's"));
    done(trust);
  }
  const server = serverOf(context);
  if (offline) found("unknown", "unknown", offline.message);
  else if (server) probeServer(platform, server, found);
  else found("unknown", "unknown", "there are no settings s3 and iot, so no server to try");
}

/** For device.selfTest(): brings up the network, and adds what was found to `result`. Without a network it is unknown. */
export function askForTrust(services: Services, result: SelfTestResult, done: Done<SelfTestResult>): void {
  const { platform, context } = services;
  function told(found: Trust): void {
    result.trust = found.certificate;
    result.serverName = found.serverName;
    done(undefined, result);
  }
  context.online(function (offline) {
    // From a timer: what called this is free by then.
    platform.timers.after(0, () => probeTrust(platform, context, told, offline));
  });
}

/**
 * For tls.serverTrust "required": tells nothing if this interpreter checks certificates, else a failure (certificate). What the probe
 * found holds until the next reset: not longer, because flash would outlive the interpreter.
 */
export function demandTrust(platform: Platform, context: Context, done: (failed?: Failure) => void): void {
  function judge(trust: Trust): void {
    if (trust.certificate == "checked") return done();
    done(trust.certificate == "unknown"
      ? failure("certificate", "tls.serverTrust is required, and whether this interpreter checks certificates is unknown: " + trust.why, "Nothing was sent. Try again, or device.selfTest().")
      : failure("certificate", "tls.serverTrust is required, and this interpreter does not check certificates", 'Use a build of Espruino that does (SECURITY.md), or tls.serverTrust "reported".'));
  }
  const known = context.trust;
  if (known && known.certificate != "unknown") judge(known);
  else probeTrust(platform, context, judge);
}
