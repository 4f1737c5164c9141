// Why no TLS link came about: the host's words, as a failure with a hint.
import { find } from "../bytes/find";
import { failure } from "./failure";
import type { Failure } from "./failure";
import type { Flash } from "../platform/ports";

/** A record of so many bytes or fewer is taken for the name of a file on the card, which may not be there: the host's words are many. */
const PATH = 100;
/** What each record is to be. */
const DER = "It must be DER (binary), not PEM text: certs/README.md.";

/** What connect() threw, "" if it answered nothing. */
function notConnected(text: string, where: string, flash: Flash): Failure {
  const says = function (words: string): boolean {
    return find(text, words) >= 0;
  };
  if (says("Not connected")) return failure("wifi", "The board is not on a network", 'device.configure({wifi:{ssid:"...",password:"..."}})');
  if (says("locate host")) return failure("dns", "The name " + where + " cannot be resolved", "Is it spelled right, without https:// and path? Is the network up?");
  if (says("memory")) return failure("memory", "Not enough memory for TLS: " + text, "Use a module with PSRAM or a build with a larger reserve.");
  if (says("'ca'")) return failure("certificate", "ca.der cannot be read: " + text, DER);
  if (says("'cert'") || says("pk_parse")) return failure("certificate", "The device's certificate or key cannot be read: " + text, DER);
  for (const name of ["ca.der", "cert.der", "key.der"]) {
    const bytes = says("socket") ? undefined : flash.read(name);
    if (bytes !== undefined && bytes.length <= PATH) return failure("certificate", name + " in flash is cut, or no certificate or key", DER);
  }
  return failure("connect", where + " does not accept connections", "Check host and port; is a firewall in between?");
}

/** What a failed handshake means, by mbedTLS's code. */
function notSecured(text: string, where: string): Failure {
  const code = text.substr(text.lastIndexOf("-0x"), 7);
  if (code == "-0x2700" || find(text, "x509_crt_verify:") >= 0) {
    return failure("certificate", "The certificate of " + where + " is not trusted: " + text, "Is ca.der the server's root, and the clock right? Is somebody in between?");
  }
  const known: { [code: string]: string } = {
    "-0x4290": "Too little memory: a module with PSRAM, or a build with a larger reserve.",
    "-0x7200": "Does this port speak TLS (MQTT 8883, HTTPS 443)? Or the server sends records larger than this build takes.",
    "-0x7780": "No common cipher or TLS version, or the device's certificate is refused.",
  };
  return failure(
    "handshake", "TLS handshake with " + where + " failed" + (text ? ": " + text : ""),
    known[code] || "Is this a TLS port (443)? Is the board short of memory? Try again.",
  );
}

/** `text`: what connect() threw, or the exception of the handshake; "" if there was none. `where`: host and port. */
export function noLink(stage: "connect" | "handshake", text: string, where: string, flash: Flash): Failure {
  return stage == "connect" ? notConnected(text, where, flash) : notSecured(text, where);
}
