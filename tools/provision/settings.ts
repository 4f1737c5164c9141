// Settings before they go to a board: first the board's own check, then what only a person with a computer can look up. Texts are byte
// strings, as on the board.
import { checkSettings, type Values } from "../../src/device/settings/check";
import { settingsSpec } from "../../src/device/settings/spec";
import { bucketAddress } from "../../src/s3/address";
import { awsEndpoint, hostOf, type Service } from "./endpoints";
import type { Findings } from "./finding";

const bytesOf = (text: string) => Buffer.from(text, "utf8").toString("latin1");

/** `value` with every text, names too, as UTF-8 bytes, one character each: what a board's console and JSON deliver. */
export function toByteStrings(value: any): any {
  if (typeof value === "string") return bytesOf(value);
  if (value instanceof Array) return value.map(toByteStrings);
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [bytesOf(name), toByteStrings(one)]));
}

/** A byte string for a person. */
const shown = (text: string) => Buffer.from(text, "latin1").toString("utf8");

/** The value at a path of the spec. */
function at(settings: Values, path: string): any {
  return path.split(".").reduce((value: any, name) => (value && typeof value === "object" ? value[name] : undefined), settings);
}

const DESCRIBE = (type: string) => `aws iot describe-endpoint --endpoint-type ${type} --query endpointAddress --output text`;

/** What stands in an endpoint's place although it belongs elsewhere. */
const MISPLACED: Record<Service, string> = {
  "iot data": "the endpoint of MQTT and data; it belongs to iot.endpoint",
  "iot data without -ats": "the old data endpoint, whose certificate is under a root that is no longer trusted",
  "iot credentials": "the endpoint of the credentials provider; it belongs to credentials.endpoint",
  "iot jobs": "an endpoint of jobs by HTTPS; a board gets its jobs by MQTT",
  "iot control": "the endpoint that manages things; no device connects there",
  s3: "an endpoint of S3",
  kms: "an endpoint of KMS",
  aws: "a host of AWS that is no endpoint of IoT devices",
};

function checkEndpoint(settings: Values, path: string, wanted: Service, type: string, findings: Findings): string {
  const found = awsEndpoint(at(settings, path));
  if (!found) return "";
  if (found.service !== wanted) findings.error(path, `found "${found.host}", ${MISPLACED[found.service]}; expected what this prints: ${DESCRIBE(type)}`);
  return found.region;
}

/** That the regions in host names agree with each other and with s3.region. */
function checkRegions(settings: Values, findings: Findings): void {
  const iot = checkEndpoint(settings, "iot.endpoint", "iot data", "iot:Data-ATS", findings);
  const credentials = checkEndpoint(settings, "credentials.endpoint", "iot credentials", "iot:CredentialProvider", findings);
  const region = at(settings, "s3.region");
  if (typeof region === "string" && !/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) {
    const zone = /^(.*-\d+)[a-z]$/.exec(region)?.[1];
    findings.error("s3.region", `found "${shown(region)}", expected ${zone ? `a region, not one of its zones: "${zone}"` : 'the code of a region like "eu-central-1"'}.`);
  }
  if (iot && credentials && iot !== credentials) findings.error("credentials.endpoint", `is in ${credentials}, iot.endpoint in ${iot}: a certificate and its role alias live in one region. Ask for both with --region ${iot}.`);
  const home = iot || credentials;
  if (home && region && home !== region) findings.warning("s3.region", `found ${shown(region)}, and AWS IoT is in ${home}. If the bucket really is elsewhere, this is right: aws s3api get-bucket-location --bucket ${shown(at(settings, "s3.bucket"))}`);
  for (const [path, service] of [["s3.endpoint", "s3"], ["kms.endpoint", "kms"]] as const) {
    const found = awsEndpoint(at(settings, path));
    if (!found) continue;
    if (found.service !== service) findings.error(path, `found "${found.host}", expected a host of ${service.toUpperCase()}; to use AWS leave ${service}.endpoint out.`);
    else if (region && found.region && found.region !== region) findings.error(path, `found "${found.host}" in ${found.region}, and s3.region is ${shown(region)}: signatures would be refused. To use AWS leave ${service}.endpoint out.`);
  }
}

function checkBucket(s3: any, findings: Findings): void {
  if (!s3 || typeof s3 !== "object" || typeof s3.bucket !== "string") return;
  const { bucket, endpoint, prefix } = s3;
  // S3 user guide, "General purpose bucket naming rules".
  if (/^\d+\.\d+\.\d+\.\d+$/.test(bucket)) findings.error("s3.bucket", `found "${bucket}", an address; expected the name of a bucket: aws s3 ls`);
  if (/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(bucket)) {
    findings.error("s3.bucket", `found "${bucket}", whose beginning or end is reserved (aliases, access points, directory and table buckets); expected a general purpose bucket.`);
  }
  const host = hostOf(endpoint);
  if (host && (host === bucket || host.startsWith(bucket + "."))) findings.error("s3.endpoint.host", `found "${host}", which begins with the bucket; the board puts it there itself. Take it out${awsEndpoint(host) ? ", or leave s3.endpoint out" : ""}.`);
  else if (bucket.includes(".") && !host && typeof s3.region === "string") {
    const { host: reached, root } = bucketAddress(s3);
    findings.note("s3.bucket", `holds a dot, which the certificate of S3 does not cover: it is reached as ${reached}${root}.`);
  }
  if (typeof prefix !== "string") return;
  if (prefix.startsWith("/")) findings.error("s3.prefix", `found "${shown(prefix)}"; a key that begins with / lies in a folder without a name. Expected "${shown(prefix.replace(/^\/+/, ""))}".`);
  else if (!prefix.endsWith("/")) findings.warning("s3.prefix", `found "${shown(prefix)}": log.txt becomes the key "${shown(prefix)}log.txt". For a folder write "${shown(prefix)}/".`);
  if (prefix.length > 900) findings.error("s3.prefix", `has ${prefix.length} bytes; a key has at most 1024, the file's name included.`);
}

/** Names that AWS IoT takes: CreateThing and the limits of MQTT. */
function checkNames(settings: Values, findings: Findings): void {
  for (const path of ["iot.thingName", "credentials.thingName"]) {
    const name = at(settings, path);
    if (typeof name === "string" && name !== "" && !/^[A-Za-z0-9:_-]{1,128}$/.test(name)) {
      findings.error(path, `found "${shown(name).slice(0, 60)}"; expected the name of a thing, 1 to 128 of a-z, A-Z, 0-9, colon, underscore and hyphen: aws iot list-things`);
    }
  }
  const thing = at(settings, "iot.thingName"), other = at(settings, "credentials.thingName"), client = at(settings, "iot.clientId");
  if (thing && other && thing !== other) findings.warning("credentials.thingName", `found "${shown(other)}", and iot.thingName is "${shown(thing)}": the certificate must be attached to both.`);
  if (typeof client === "string" && client.length > 128) findings.error("iot.clientId", `has ${client.length} bytes; AWS IoT takes at most 128.`);
  if (typeof client === "string" && client.startsWith("$")) findings.error("iot.clientId", "begins with $, which AWS IoT keeps for itself.");
  else if (client && client !== thing) findings.note("iot.clientId", `found "${shown(client)}", and the thing is "${shown(thing ?? "")}": policies with \${iot:Connection.Thing.ThingName} need them equal. Leave iot.clientId out unless you mean it.`);
  if (awsEndpoint(at(settings, "iot.endpoint")) && at(settings, "iot.port") === 443) findings.error("iot.port", "found 443, where AWS IoT wants ALPN, which the interpreter does not have; expected 8883.");
  if (awsEndpoint(at(settings, "iot.endpoint")) && at(settings, "iot.restPort") === 443) findings.error("iot.restPort", "found 443, where AWS IoT wants ALPN for a certificate, which the interpreter does not have; expected 8443.");
}

/** Secrets by their form alone; what was found is never told. */
function checkSecrets(settings: Values, findings: Findings): void {
  const { source, accessKeyId, secretAccessKey, sessionToken } = settings["credentials"] ?? {};
  if (source === "static") {
    findings.note("credentials.source", '"static": this key is good for whoever reads the flash, until it is deleted. Better "iot": docs/credentials.md.');
    if (typeof accessKeyId === "string" && !/^(AKIA|ASIA)[A-Z0-9]{16}$/.test(accessKeyId)) {
      findings.warning("credentials.accessKeyId", `has ${accessKeyId.length} characters${/^A[A-Z]{3}/.test(accessKeyId) ? " and begins with " + accessKeyId.slice(0, 4) : ""}; expected AKIA (or ASIA with a session token) and 16 more.`);
    }
    if (sessionToken && /^AKIA/.test(accessKeyId)) findings.error("credentials.sessionToken", "belongs to a temporary key (ASIA...), and the key is a lasting one (AKIA...). Take the token away, or copy all three values of the temporary key.");
    else if (sessionToken) findings.warning("credentials.sessionToken", "makes this a temporary key, which ends within hours, and the board cannot renew it.");
    if (typeof secretAccessKey === "string" && secretAccessKey.length !== 40) findings.warning("credentials.secretAccessKey", `has ${secretAccessKey.length} characters; expected 40. Copy it again, or make a new key: aws iam create-access-key`);
  }
  const { ssid, password } = settings["wifi"] ?? {};
  if (typeof ssid === "string" && ssid.length > 32) findings.error("wifi.ssid", `has ${ssid.length} bytes; a network's name has at most 32.`);
  if (typeof password === "string" && password !== "" && (password.length < 8 || password.length > 64)) findings.warning("wifi.password", `has ${password.length} bytes; WPA takes 8 to 63. For an open network leave it out.`);
}

/** Examples of the documentation that were not replaced. */
function checkExamples(settings: Values, findings: Findings): void {
  const secrets: Record<string, string[]> = {
    "credentials.accessKeyId": ["AKIAIOSFODNN7EXAMPLE"],
    "credentials.secretAccessKey": ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    "wifi.password": ["my-password"],
    "wifi.ssid": ["my-network"],
    "s3.bucket": ["my-device-logs"],
  };
  for (const line of settingsSpec()) {
    const [path, kind, example] = line.replace("? ", " ").split(" ");
    if (kind === "place" && example) (secrets[path!] ??= []).push(example);
  }
  for (const [path, examples] of Object.entries(secrets)) {
    const value = at(settings, path);
    if (value !== undefined && examples.includes(hostOf(value))) findings.error(path, "is still the example of the documentation. Put your own there.");
  }
}

/** Everything that can be said about settings without a board and without AWS. */
export function checkForBoard(settings: Values, findings: Findings): void {
  const wrong = new Set<string>();
  for (const { path, message } of checkSettings(settings)) {
    wrong.add(path);
    findings.error(path, shown(message.slice(path.length + 2)) + ".");
  }
  // What the board's own check refuses is told once.
  const known = findings.list.length;
  checkRegions(settings, findings);
  checkBucket(settings["s3"], findings);
  checkNames(settings, findings);
  checkSecrets(settings, findings);
  checkExamples(settings, findings);
  findings.list.splice(known, Infinity, ...findings.list.slice(known).filter(({ about }) => !wrong.has(about)));
}
