// docs/settings.md, made from the code: every line of the settings' spec, with what it is for.
import { settingsSpec } from "../../src/device/settings/spec";

/** What a setting is for. One that is missing here stands in the page without a text. */
const TEXTS: Record<string, string> = {
  "wifi.ssid": "the network, 2.4 GHz",
  "wifi.password": "left out for an open network",
  "card.cs": "chip select of the card",
  "card.sck": "clock",
  "card.miso": "data from the card",
  "card.mosi": "data to the card",
  "time.servers": "asked one after the other; names, or `{host, port}`. Without the section time.aws.com and pool.ntp.org",
  "s3.bucket": "the bucket alone, no URL",
  "s3.region": "the region that the bucket is in",
  "s3.prefix": "put before a key that `device.put` makes from the file's name; ends with a slash if it is meant as a folder",
  "s3.payload": "`signed`: each chunk is signed. `unsigned`: a CRC-32 instead",
  "s3.multipartOver": "bytes beyond which a file goes up in parts",
  "s3.expectedOwner": "the account that the bucket must belong to; S3 refuses otherwise",
  "s3.endpoint.host": "another S3, for example the local cloud. Left out for AWS",
  "s3.endpoint.port": "its port",
  "s3.endpoint.style": "bucket in the host name, or in the path",
  "s3.encryption.mode": "what S3 encrypts objects with; left out: the bucket's default",
  "s3.encryption.keyId": "the KMS key: id, ARN or alias",
  "s3.encryption.context": "names and texts of the KMS encryption context",
  "s3.encryption.bucketKey": "fewer calls to KMS",
  "kms.endpoint": "another KMS than the region's; only `device.aliases` asks it",
  "kms.port": "its port",
  "credentials.source": "`iot`: from the board's certificate. `static`: a key of a user",
  "credentials.accessKeyId": "of a static key",
  "credentials.secretAccessKey": "of a static key",
  "credentials.sessionToken": "of a temporary key (ASIA...)",
  "credentials.endpoint": "the credentials provider's host, or `{host, port}`",
  "credentials.roleAlias": "the alias of the role that the board takes",
  "credentials.thingName": "in the place of `iot.thingName`",
  "iot.endpoint": "the host that ends in `-ats`, or `{host, port}`",
  "iot.port": "of MQTT",
  "iot.restPort": "of HTTPS with the certificate; 443 does not work",
  "iot.thingName": "the thing that the certificate is attached to",
  "iot.clientId": "left out: the thing's name, which the policy in `firmware/aws` wants",
  "iot.keepAlive": "seconds",
  "iot.cleanSession": "true: AWS IoT keeps nothing while the board is away",
  "iot.will.topic": "where AWS IoT says that the board is lost",
  "iot.will.payload": "what it says there; left out: nothing, in a message all the same",
  "iot.will.qos": "0 if it is left out; AWS IoT has no 2",
  "iot.will.retain": "true: who subscribes later hears it too; the policy needs `iot:RetainPublish`",
  "iot.jobs": "takes jobs of the thing",
  "iot.inbox": "takes messages with work from this topic",
  "tls.slots": "TLS links at a time: 2 only with PSRAM",
  "tls.handshakeSeconds": "how long a handshake may take",
  "tls.serverTrust": "`required`: refuse to work where the interpreter does not check certificates",
  "logs.directory": "the folder on the card whose files are sent",
  "logs.pattern": "which of its files",
  "logs.active": "the file that is still being written",
  "logs.afterUpload": "what becomes of a file that S3 has confirmed",
  "logs.everySeconds": "how often the folder is looked at",
  "logs.readySeconds": "a file that was not written to for so long is ready",
  "logs.readyBytes": "a file of so many bytes is ready",
  "logs.template": "the keys of logs; `{thing}`, `{date}`, `{time}`, `{name}` and others are filled in",
  "logs.statusTopic": "where the state of each log is told, by MQTT",
  "logs.maxBytes": "size at which `device.log` begins another file",
  "logs.maxSeconds": "age at which `device.log` begins another file",
  "boot.auto": "false: the board does nothing by itself after power on",
  "verify.required": "true: nothing is taken from the bucket without a manifest",
  logLevel: "how much the board tells",
};

const KINDS: Record<string, string> = {
  text: "text", secret: "text, never shown", flag: "true or false", host: "host name", place: "host name, or `{host, port}`", hosts: "list of hosts",
  bucket: "bucket name", region: "region", pin: "pin", account: "12 digits, as text", topic: "topic, no wildcard",
  payload: "text, or what goes as JSON", any: "object",
};

export interface SettingLine {
  path: string;
  needed: boolean;
  /** "" for a section. */
  kind: string;
  example: string;
}

/** The spec, line by line. */
export function settingLines(): SettingLine[] {
  return settingsSpec().map((line) => {
    const [first, kind = "", ...rest] = line.split(" ") as [string, string?, ...string[]];
    const limits = kind === "number" ? rest.splice(0, 2) : kind === "choice" ? rest.splice(0, 1) : [];
    const words = kind === "number" ? `${limits[0]} to ${limits[1]}` : kind === "choice" ? limits[0]!.split("|").map((one) => `\`${one}\``).join(", ") : KINDS[kind] ?? kind;
    return { path: first.replace(/\?$/, ""), needed: !first.endsWith("?"), kind: kind && words, example: rest.join(" ") };
  });
}

/** The whole page. */
export function settingsPage(): string {
  const lines = [
    "# Settings",
    "",
    "Made from the code by `npm run docs`: do not edit. All of them are one JSON record in flash, `settings.json`; `device.configure({...})` lays",
    "what it is given over what is there, and null takes a setting or a section away. Nothing is written as long as anything in it is wrong: each",
    "mistake is named with its path, what was found and an example. [settings.example.json](../firmware/settings.example.json) has every setting,",
    "[settings.minimal.json](../firmware/settings.minimal.json) those of a first evening.",
    "",
    "A section may be left out; where it is there, what is marked in it must be there. `credentials` also needs `endpoint` and `roleAlias` with",
    "source `iot`, `accessKeyId` and `secretAccessKey` with `static`, and `sessionToken` if the key begins with ASIA.",
  ];
  const row = ({ path, kind, example, needed }: SettingLine) => `| \`${path}\` | ${needed ? "yes" : ""} | ${kind} | \`${example}\` | ${TEXTS[path] ?? ""} |`;
  const head = ["", "| setting | needed | what it may be | example | what for |", "|---|---|---|---|---|"];
  let section = "";
  for (const line of settingLines()) {
    if (!line.kind) {
      section = line.path;
      lines.push("", `## ${section}`, ...head);
      continue;
    }
    if (section && !line.path.startsWith(section + ".")) {
      section = "";
      lines.push("", "## at the top", ...head);
    }
    lines.push(row(line));
  }
  return lines.join("\n") + "\n";
}
