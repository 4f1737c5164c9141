// The settings: every name, what it may be and an example, as text, because a table of objects would cost a board hundreds of variables.

/**
 * One line a setting: path, kind, example. "?" after a path: may be left out. A line without a kind opens a section.
 * Kinds: text, secret (never shown), number MIN MAX, flag, choice A|B, host, bucket, region, pin, hosts (a list of host or {host, port}),
 * account (12 digits), any. A section holds nothing but its lines.
 */
export function settingsSpec(): string[] {
  return (
    "wifi?\n" +
    "wifi.ssid text my-network\n" +
    "wifi.password? secret my-password\n" +
    "card?\n" +
    "card.cs pin D5\n" +
    "card.sck pin D18\n" +
    "card.miso pin D19\n" +
    "card.mosi pin D23\n" +
    "time?\n" +
    'time.servers hosts ["time.aws.com","pool.ntp.org"]\n' +
    "s3?\n" +
    "s3.bucket bucket my-device-logs\n" +
    "s3.region region eu-central-1\n" +
    "s3.endpoint?\n" +
    "s3.endpoint.host host 192.168.1.10\n" +
    "s3.endpoint.port? number 1 65535 443\n" +
    "s3.endpoint.style? choice virtual|path path\n" +
    "s3.prefix? text board-17/\n" +
    "s3.payload? choice signed|unsigned signed\n" +
    "s3.multipartOver? number 1 5368709120 8388608\n" +
    "s3.encryption?\n" +
    "s3.encryption.mode choice AES256|aws:kms aws:kms\n" +
    "s3.encryption.keyId? text alias/device-logs\n" +
    's3.encryption.context? any {"device":"board-17"}\n' +
    "s3.encryption.bucketKey? flag true\n" +
    "s3.expectedOwner? account 111122223333\n" +
    "kms?\n" +
    "kms.endpoint host 192.168.1.10\n" +
    "kms.port? number 1 65535 443\n" +
    "credentials?\n" +
    "credentials.source choice static|iot static\n" +
    "credentials.accessKeyId? text AKIAIOSFODNN7EXAMPLE\n" +
    "credentials.secretAccessKey? secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n" +
    "credentials.sessionToken? secret IQoJb3JpZ2luX2VjE...\n" +
    "credentials.endpoint? host c1a2b3.credentials.iot.eu-central-1.amazonaws.com\n" +
    "credentials.roleAlias? text device-logs-role\n" +
    "credentials.thingName? text board-17\n" +
    "iot?\n" +
    "iot.endpoint host a1b2c3-ats.iot.eu-central-1.amazonaws.com\n" +
    "iot.port? number 1 65535 8883\n" +
    "iot.restPort? number 1 65535 8443\n" +
    "iot.thingName text board-17\n" +
    "iot.clientId? text board-17\n" +
    "iot.keepAlive? number 30 1200 300\n" +
    "iot.cleanSession? flag false\n" +
    "iot.will? any {}\n" +
    "tls?\n" +
    "tls.slots? number 1 2 1\n" +
    "tls.handshakeSeconds? number 5 600 60\n" +
    "tls.serverTrust? choice required|reported reported\n" +
    "logs?\n" +
    "logs.directory text logs\n" +
    "logs.pattern? text *.log\n" +
    "logs.active? text active.log\n" +
    "logs.afterUpload? choice delete|keep keep\n" +
    "logs.everySeconds? number 10 604800 3600\n" +
    "logLevel? choice error|warn|info|debug info"
  ).split("\n");
}
