// The settings: every name, what it may be and an example, as text, because a table of objects would cost a board hundreds of variables.

/**
 * One line a setting: path, kind, example. "?" after a path: may be left out. A line without a kind opens a section.
 * Kinds: text, secret (never shown), number MIN MAX, flag, choice A|B, host, place (a host or {host, port}), hosts (a list of places),
 * bucket, region, pin,
 * account (12 digits), topic (of MQTT, to publish to), payload (text, or what goes as JSON), any. A section holds nothing but its lines. In flash a line that begins with a dot is of the section before it.
 */
export function settingsSpec(): string[] {
  let section = "";
  return (
    "wifi?\n" +
    ".ssid text my-network\n" +
    ".password? secret my-password\n" +
    "card?\n" +
    ".cs pin D5\n" +
    ".sck pin D18\n" +
    ".miso pin D19\n" +
    ".mosi pin D23\n" +
    "time?\n" +
    '.servers hosts ["time.aws.com","pool.ntp.org"]\n' +
    "s3?\n" +
    ".bucket bucket my-device-logs\n" +
    ".region region eu-central-1\n" +
    ".prefix? text board-17/\n" +
    ".payload? choice signed|unsigned signed\n" +
    ".multipartOver? number 1 5368709120 8388608\n" +
    ".expectedOwner? account 111122223333\n" +
    "s3.endpoint?\n" +
    ".host host 192.168.1.10\n" +
    ".port? number 1 65535 443\n" +
    ".style? choice virtual|path path\n" +
    "s3.encryption?\n" +
    ".mode choice AES256|aws:kms aws:kms\n" +
    ".keyId? text alias/device-logs\n" +
    '.context? any {"device":"board-17"}\n' +
    ".bucketKey? flag true\n" +
    "kms?\n" +
    ".endpoint host 192.168.1.10\n" +
    ".port? number 1 65535 443\n" +
    "credentials?\n" +
    ".source choice static|iot static\n" +
    ".accessKeyId? text AKIA...\n" +
    ".secretAccessKey? secret wJalrXUtnFEMI/...\n" +
    ".sessionToken? secret IQoJb3Jp...\n" +
    ".endpoint? place c1a2b3.credentials.iot.eu-central-1.amazonaws.com\n" +
    ".roleAlias? text device-logs-role\n" +
    ".thingName? text board-17\n" +
    "iot?\n" +
    ".endpoint place a1b2c3-ats.iot.eu-central-1.amazonaws.com\n" +
    ".port? number 1 65535 8883\n" +
    ".restPort? number 1 65535 8443\n" +
    ".thingName text board-17\n" +
    ".clientId? text board-17\n" +
    ".keepAlive? number 30 1200 300\n" +
    ".cleanSession? flag false\n" +
    ".jobs? flag true\n" +
    ".inbox? text board-17/in\n" +
    "iot.will?\n" +
    ".topic topic board-17/lost\n" +
    ".payload? payload gone\n" +
    ".qos? number 0 1 1\n" +
    ".retain? flag true\n" +
    "tls?\n" +
    ".slots? number 1 2 1\n" +
    ".handshakeSeconds? number 5 600 60\n" +
    ".serverTrust? choice required|reported reported\n" +
    "verify?\n" +
    ".required flag true\n" +
    "logs?\n" +
    ".directory text logs\n" +
    ".pattern? text *.log\n" +
    ".active? text active.log\n" +
    ".afterUpload? choice delete|keep keep\n" +
    ".everySeconds? number 10 604800 3600\n" +
    ".readySeconds? number 1 31536000 600\n" +
    ".readyBytes? number 1 4294967295 1048576\n" +
    ".template? text {thing}/{date}/{time}-{name}\n" +
    ".statusTopic? text board-17/logs\n" +
    ".maxBytes? number 1000 1073741824 1048576\n" +
    ".maxSeconds? number 60 31536000 86400\n" +
    "boot?\n" +
    ".auto? flag true\n" +
    "logLevel? choice error|warn|info|debug info"
  ).split("\n").map(function (line) {
    if (line[0] == ".") return section + line;
    section = line.split("?")[0]!;
    return line;
  });
}
