// What is around the board: WiFi and time, the card, the bucket, AWS IoT.
import { randomBytes } from "node:crypto";
import type { Finding } from "../flash/facts";
import { ask, type BoardStatus, failed, ok, type Patient, warning, wrong } from "./findings";

/** Seconds for what waits for a network, a name server and TLS. */
const PATIENCE = 150_000;

/** Milliseconds by which the board's clock may differ: S3 refuses beyond 15 minutes, and a good clock is within seconds. */
const CLOCK_OFF = 5000, CLOCK_WRONG = 600_000;

export function clockFinding(time: string, desktop: number, server: string): Finding {
  const off = Date.parse(time) - desktop;
  const found = `${time} from ${server}, ${Math.abs(Math.round(off / 100) / 10)} s ${off < 0 ? "behind" : "ahead of"} this computer`;
  if (!(Math.abs(off) <= CLOCK_WRONG)) return wrong("time", found, "One of the two clocks is wrong: check this computer's, then time.servers.");
  return Math.abs(off) > CLOCK_OFF ? warning("time", found, "Is this computer's clock right?") : ok("time", found);
}

/** Sets the clock, which needs the network. */
export async function networkFindings(patient: Patient): Promise<Finding[]> {
  const configured = !!patient.settings?.sections.includes("wifi");
  if (patient.status.network === "off" && !configured) return [wrong("WiFi", "off, and not in the settings", "espruino-aws provision"), wrong("time", patient.status.time, "WiFi first.")];
  const synced = await ask<{ server: string }>(patient, "device.syncTime()", PATIENCE);
  const asked = Date.now();
  const told = await ask<BoardStatus>(patient, "device.status()");
  if ("value" in told) patient.status = told.value;
  const { network, time } = patient.status;
  const up = network === "host network" || network.startsWith("connected");
  const wifi = up ? ok("WiFi", network) : "trouble" in synced && synced.trouble.code === "wifi" ? failed("WiFi", synced.trouble) : wrong("WiFi", network, "Is the access point on, and near? An ESP32 hears 2.4 GHz only.");
  if ("trouble" in synced) return up ? [wifi, failed("time", synced.trouble)] : [wifi, wrong("time", time, "WiFi first.")];
  return [wifi, clockFinding(time, (asked + Date.now()) / 2, synced.value.server)];
}

/** The board's own examination: hashes, signing, memory, flash, random numbers; on images that have one, the trust probe. */
export async function selfTestFindings(patient: Patient): Promise<Finding[]> {
  const tested = await ask<{ passed: string[]; failed: string[] }>(patient, "device.selfTest()", PATIENCE);
  if ("trouble" in tested) return [failed("self test", tested.trouble)];
  // The clock has a finding of its own.
  const { passed, failed: all } = tested.value, bad = all.filter((name) => name !== "clock");
  const said = (name: string) => patient.lines.find((line) => line.startsWith(`FAILED ${name}: `))?.slice(`FAILED ${name}: `.length) ?? "failed";
  return bad.length ? bad.map((name) => wrong("self test", `${name}: ${said(name)}`, "device.selfTest() tells all of it.")) : [ok("self test", passed.join(", "))];
}

export async function trustFinding(patient: Patient): Promise<Finding> {
  const told = await ask<BoardStatus>(patient, "device.status()");
  if ("value" in told) patient.status = told.value;
  const { trust, serverName } = patient.status;
  if (trust === "checked") return serverName === "checked" ? ok("TLS trust", "certificate and name of the server are checked") : warning("TLS trust", "the server's certificate is checked, its name is not", "SECURITY.md says what that allows.");
  const known = trust === "not checked" || trust === undefined;
  return warning("TLS trust", known ? "this interpreter checks no certificate of a server" : "not known", known ? "SECURITY.md says what that allows, and what protects regardless." : "It takes the network, the time and a root: mend those, then again.");
}

/** Status and code of an answer that S3 refused with. */
export function refusal(message: string): { status: number; code: string } | undefined {
  const found = /^S3 refused .*?: (\d{3})(?: (\w+))?/.exec(message);
  return found ? { status: Number(found[1]), code: found[2] ?? "" } : undefined;
}

/** What is known of the bucket when an object that is not there was asked for. */
export function bucketFinding(status: BoardStatus, message: string, hint: string): Finding {
  const answer = refusal(message), bucket = status.bucket || "the bucket";
  if (answer?.code === "NoSuchKey" || (answer?.status === 404 && answer.code === "")) return ok("bucket", `${bucket} answers, and takes the signature`);
  if (answer?.code === "AccessDenied") return warning("bucket", `${bucket} answers and takes the signature, but does not show whether an object is there`, "So it is for a key without s3:ListBucket; whether it may write is shown by espruino-aws put.");
  return wrong("bucket", message, hint);
}

const CARD_FILE = "doctor.tmp";

/** Writes, reads and removes a file. The card is mounted by the request before. */
const CARD_TEST =
  `(function(f,n,t){try{f.writeFileSync(n,t)}catch(e){return"cannot be written: "+e}var r;try{r=f.readFileSync(n)}catch(e){return"cannot be read: "+e}` +
  `try{f.unlinkSync(n)}catch(e){return"removes no file: "+e}return r===t?"":"gives back other bytes than were written"})(require("fs"),"${CARD_FILE}",`;

/** Asks the bucket for what is not there. The request mounts the card first; a card that fails is told, and the bucket asked without it. */
export async function cardAndBucketFindings(patient: Patient): Promise<Finding[]> {
  const { settings, status } = patient;
  if (!settings || status.mistakes.length || !settings.sections.includes("s3") || !settings.sections.includes("credentials")) return [];
  const key = JSON.stringify(`${settings.prefix}espruino-aws-doctor-${randomBytes(4).toString("hex")}`);
  let answer = await ask<unknown>(patient, `device.get(${key},"${CARD_FILE}")`, PATIENCE);
  const findings: Finding[] = [];
  if ("trouble" in answer && answer.trouble.code === "card") {
    findings.push(failed("card", answer.trouble));
    answer = await ask<unknown>(patient, `device.head(${key})`, PATIENCE);
  } else {
    const text = randomBytes(48).toString("hex");
    const tested = await ask<string>(patient, `${CARD_TEST}"${text}")`);
    const fault = "trouble" in tested ? tested.trouble.message : tested.value;
    // A request that cannot be made mounts no card.
    if (/connectSDCard/.test(fault)) findings.push(warning("card", "not tried: a transfer mounts it", "Mend what is wrong above, then again."));
    else findings.push(fault ? wrong("card", fault, "Is it in, FAT32, not full, not write protected? Check card.cs, sck, miso, mosi and its 3.3 V.") : ok("card", "a file was written, read and removed"));
  }
  if ("trouble" in answer && answer.trouble.code === "clock-not-set") findings.push(warning("bucket", "not tried: the clock is not set", "time first."));
  else findings.push("trouble" in answer ? bucketFinding(status, answer.trouble.message, answer.trouble.hint) : ok("bucket", `${status.bucket} answers`));
  return findings;
}

/** Variables that connecting takes at its worst moment where TLS has no memory of its own (measured on the Linux build). Running out cannot be caught. */
const LINK_VARIABLES = 4700;

/** Connects to AWS IoT and leaves again, in one line: nothing is typed while the link is open. */
const CONNECT =
  "new Promise(function(r){function leave(v){function gone(){r(v)}device.disconnect().then(gone,gone)}" +
  'device.connect().then(function(){leave({})},function(e){leave({code:""+e.code,message:""+e.message,hint:""+e.hint})})})';

export async function iotFindings(patient: Patient): Promise<Finding[]> {
  if (!patient.settings?.sections.includes("iot") || patient.status.mistakes.length) return [];
  const thing = `as ${patient.settings.iotThing}`;
  if (patient.status.iot?.link === "up") return [ok("MQTT", `connected ${thing}`)];
  if (patient.facts.heap === undefined) {
    const { usage, total } = await patient.repl.evaluate<{ usage: number; total: number }>("(function(m){return{usage:m.usage,total:m.total}})(process.memory())");
    if (total - usage < LINK_VARIABLES) return [warning("MQTT", `not tried: TLS lives in the variables here, and ${total - usage} are free`, `Restart the board: a link takes ${LINK_VARIABLES} for a moment.`)];
  }
  const answer = await ask<{ code?: string; message?: string; hint?: string }>(patient, CONNECT, PATIENCE);
  if ("trouble" in answer) return [failed("MQTT", answer.trouble)];
  // AWS IoT ends the handshake of a certificate that it does not know.
  const first = answer.value.code === "handshake" ? "Is cert.der registered with AWS IoT, in this account and region, and active? Is key.der its key? Otherwise: " : "";
  return [answer.value.message ? wrong("MQTT", answer.value.message, first + (answer.value.hint ?? "")) : ok("MQTT", `AWS IoT takes the board ${thing}`)];
}
