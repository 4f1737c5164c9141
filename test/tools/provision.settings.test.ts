// What is said about settings before a board sees them, and that no secret is ever said.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mergeSettings } from "../../src/device/settings/configure";
import { awsEndpoint } from "../../tools/provision/endpoints";
import { findingLine, Findings } from "../../tools/provision/finding";
import { checkForBoard, toByteStrings } from "../../tools/provision/settings";
import { readSettingsFile, settingsRecord } from "../../tools/provision/settingsFile";

const EXAMPLE = readFileSync(new URL("../../firmware/settings.example.json", import.meta.url), "utf8");
const SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzzzzz";
const GOOD = {
  wifi: { ssid: "Gästehaus", password: "longenough" },
  card: { cs: "D5", sck: "D18", miso: "D19", mosi: "D23" },
  s3: { bucket: "logs-of-17", region: "eu-central-1", prefix: "board-17/" },
  credentials: { source: "iot", endpoint: "c0ffee17.credentials.iot.eu-central-1.amazonaws.com", roleAlias: "device-logs-role", thingName: "board-17" },
  iot: { endpoint: "abcdef17-ats.iot.eu-central-1.amazonaws.com", thingName: "board-17" },
};
const STATIC = { source: "static", accessKeyId: "AKIAZZZZZZZZZZZZZZZZ", secretAccessKey: SECRET };

function said(change: Record<string, unknown>): string {
  const findings = new Findings();
  checkForBoard(mergeSettings(readSettingsFile({ name: "x", bytes: Buffer.from(JSON.stringify(GOOD)) }, findings)!, toByteStrings(change)), findings);
  return findings.list.map(findingLine).join("\n");
}

describe("provision: settings", () => {
  it("says nothing about good ones", () => assert.equal(said({}), ""));

  const iot = (endpoint: unknown, more = {}) => ({ iot: { endpoint, thingName: "board-17", ...more } });
  const wrong: [what: string, change: Record<string, unknown>, said: RegExp][] = [
    ["a missing setting, in the board's own words", { s3: { bucket: null } }, /^error   s3\.bucket: missing, for example "my-device-logs"\.$/],
    ["an unknown one", { s3: { buckett: "x" } }, /^error   s3\.buckett: not a setting; known here: bucket, region/],
    ["a bucket in capitals", { s3: { bucket: "Logs" } }, /^error   s3\.bucket: found "Logs", should be a bucket name in lower case/],
    ["an ARN as bucket", { s3: { bucket: "arn:aws:s3:::logs" } }, /s3\.bucket: found "arn:aws:s3:::logs", should be a bucket name alone/],
    ["an address as bucket", { s3: { bucket: "192.168.1.10" } }, /^error   s3\.bucket: found "192\.168\.1\.10", an address/m],
    ["an alias of an access point", { s3: { bucket: "mine-abcdef-s3alias" } }, /^error   s3\.bucket: .* reserved/],
    ["a directory bucket", { s3: { bucket: "mine--use1-az4--x-s3" } }, /^error   s3\.bucket: .* reserved/],
    ["a bucket with a dot", { s3: { bucket: "logs.example.com" } }, /^note    s3\.bucket: .* reached as s3\.eu-central-1\.amazonaws\.com\/logs\.example\.com\/\.$/],
    ["a zone as region", { s3: { region: "eu-central-1a" } }, /^error   s3\.region: found "eu-central-1a", expected a region, not one of its zones: "eu-central-1"/],
    ["a region in words", { s3: { region: "eu-frankfurt-one" } }, /^error   s3\.region: found "eu-frankfurt-one", expected the code of a region/m],
    ["a bucket elsewhere", { s3: { region: "us-east-1" } }, /^warning s3\.region: found us-east-1, and AWS IoT is in eu-central-1\. .*aws s3api get-bucket-location --bucket logs-of-17$/],
    ["an endpoint of another region", { s3: { endpoint: { host: "s3.us-west-2.amazonaws.com" } } }, /^error   s3\.endpoint: .* in us-west-2, and s3\.region is eu-central-1: signatures would be refused/],
    ["the bucket in the endpoint", { s3: { endpoint: { host: "logs-of-17.s3.eu-central-1.amazonaws.com" } } }, /^error   s3\.endpoint\.host: .* begins with the bucket; .* leave s3\.endpoint out/],
    ["IoT's endpoint for S3", { s3: { endpoint: { host: "abcdef17-ats.iot.eu-central-1.amazonaws.com" } } }, /^error   s3\.endpoint: .*expected a host of S3/],
    ["a prefix that begins with /", { s3: { prefix: "/board-17/" } }, /^error   s3\.prefix: found "\/board-17\/".* Expected "board-17\/"/],
    ["a prefix without /", { s3: { prefix: "Gerät" } }, /^warning s3\.prefix: found "Gerät": log\.txt becomes the key "Gerätlog\.txt"/],
    ["a prefix too long", { s3: { prefix: "x".repeat(901) + "/" } }, /^error   s3\.prefix: has 902 bytes/],
    ["the old endpoint", iot("abcdef17.iot.eu-central-1.amazonaws.com"), /^error   iot\.endpoint: found "abcdef17\.iot\..*", the old data endpoint.*expected what this prints: aws iot describe-endpoint --endpoint-type iot:Data-ATS/],
    ["the credentials provider for MQTT", iot("c0ffee17.credentials.iot.eu-central-1.amazonaws.com"), /^error   iot\.endpoint: .*credentials provider; it belongs to credentials\.endpoint/],
    ["jobs by HTTPS for MQTT", iot("abcdef17.jobs.iot.eu-central-1.amazonaws.com"), /^error   iot\.endpoint: .*jobs by HTTPS/],
    ["the control plane for MQTT", iot("iot.eu-central-1.amazonaws.com"), /^error   iot\.endpoint: .*no device connects there/],
    ["a bucket's host for MQTT", iot({ host: "logs.s3.eu-central-1.amazonaws.com" }), /^error   iot\.endpoint: .*an endpoint of S3/],
    ["a URL for MQTT, in the board's own words", iot("https://abcdef17-ats.iot.eu-central-1.amazonaws.com"), /^error   iot\.endpoint: found .*should be a host name alone, without https/],
    ["MQTT's endpoint for credentials", { credentials: { endpoint: "abcdef17-ats.iot.eu-central-1.amazonaws.com" } }, /^error   credentials\.endpoint: .*it belongs to iot\.endpoint; expected .*iot:CredentialProvider/],
    ["two regions of IoT", iot("abcdef17-ats.iot.us-east-1.amazonaws.com"), /^error   credentials\.endpoint: is in eu-central-1, iot\.endpoint in us-east-1/],
    ["KMS of another region", { kms: { endpoint: "kms.us-west-2.amazonaws.com" } }, /^error   kms\.endpoint: .*us-west-2/],
    ["a name that no thing has", iot(GOOD.iot.endpoint, { thingName: "board 17" }), /^error   iot\.thingName: found "board 17"; expected the name of a thing/],
    ["two things", { credentials: { thingName: "board-18" } }, /^warning credentials\.thingName: found "board-18", and iot\.thingName is "board-17"/],
    ["another client id", { iot: { clientId: "board" } }, /^note    iot\.clientId: .*policies with \$\{iot:Connection\.Thing\.ThingName\} need them equal/],
    ["a client id too long", { iot: { clientId: "x".repeat(129) } }, /^error   iot\.clientId: has 129 bytes/m],
    ["a client id with $", { iot: { clientId: "$me" } }, /^error   iot\.clientId: begins with \$/],
    ["MQTT on 443", { iot: { port: 443 } }, /^error   iot\.port: found 443, where AWS IoT wants ALPN/],
    ["HTTPS on 443", { iot: { restPort: 443 } }, /^error   iot\.restPort: found 443/],
    ["a static key", { credentials: { ...STATIC, endpoint: null, roleAlias: null, thingName: null } }, /^note    credentials\.source: "static": this key is good for whoever reads the flash/],
    ["an id of a user as key id", { credentials: { ...STATIC, accessKeyId: "AIDAZZZZZZZZZZZZZZZZ" } }, /^warning credentials\.accessKeyId: has 20 characters and begins with AIDA/m],
    ["a secret cut short", { credentials: { ...STATIC, secretAccessKey: SECRET.slice(1) } }, /^warning credentials\.secretAccessKey: has 39 characters; expected 40/m],
    ["a token beside a lasting key", { credentials: { ...STATIC, sessionToken: "hunter2" } }, /^error   credentials\.sessionToken: belongs to a temporary key/m],
    ["a temporary key", { credentials: { ...STATIC, accessKeyId: "ASIAZZZZZZZZZZZZZZZZ", sessionToken: "hunter2" } }, /^warning credentials\.sessionToken: makes this a temporary key/m],
    ["a network's name too long", { wifi: { ssid: "ä".repeat(17) } }, /^error   wifi\.ssid: has 34 bytes/],
    ["a password too short", { wifi: { password: "short" } }, /^warning wifi\.password: has 5 bytes; WPA takes 8 to 63/],
    ["the example's bucket", { s3: { bucket: "my-device-logs" } }, /^error   s3\.bucket: is still the example/],
    ["the example's endpoint", iot("a1b2c3-ats.iot.eu-central-1.amazonaws.com"), /^error   iot\.endpoint: is still the example/],
    ["the example's secret", { credentials: { ...STATIC, secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" } }, /^error   credentials\.secretAccessKey: is still the example/m],
  ];
  for (const [what, change, expected] of wrong) it(`tells ${what}`, () => assert.match(said(change), expected));

  it("takes servers of one's own, China and FIPS", () => {
    for (const endpoint of ["192.168.1.10", { host: "desk", port: 8883 }, "mqtt.example.com", "data.iot-fips.eu-central-1.amazonaws.com"]) assert.equal(said(iot(endpoint)), "");
    assert.deepEqual(awsEndpoint("a1.ats.iot.cn-north-1.amazonaws.com.cn"), { host: "a1.ats.iot.cn-north-1.amazonaws.com.cn", service: "iot data", region: "cn-north-1" });
    assert.equal(said({ s3: { endpoint: { host: "192.168.1.10", port: 9000, style: "path" } } }), "");
  });
  it("never says a secret, whatever is wrong with it", () => {
    for (const value of ["hunter2hunter2", "hunter2 ", "hunter2\n", "", 4242424242, ["hunter2"], { hunter2: "hunter2" }, true, null]) {
      for (const change of [{ wifi: { password: value } }, { credentials: { ...STATIC, secretAccessKey: value, sessionToken: value } }]) assert.doesNotMatch(said(change), /hunter2|4242424242/);
    }
  });

  const files: [what: string, text: string | Buffer, said: RegExp][] = [
    ["an empty file", "  \n", /is empty; expected settings as in/],
    ["a comma too many", '{"wifi":{"password":"hunter2",}}', /is not JSON: JSON has no comments, no comma before/],
    ["a comment", '{// hunter2\n"wifi":{}}', /is not JSON: JSON has no comments/],
    ["single quotes", "{'wifi':{'password':'hunter2'}}", /only double quotes/],
    ["a missing comma", '{"wifi":{\n  "ssid":"a"\n  "password":"hunter2"}}', /is not JSON: line 3, column 3: a comma, quote or bracket/],
    ["a missing quote", '{"wifi":{\n  "password":"hunter2}}', /is not JSON: line 2, column 14/],
    ["a missing bracket", '{"wifi":{"password":"hunter2"}', /is not JSON: line 1/],
    ["more after the end", '{"wifi":{}}\nhunter2', /is not JSON: line 1: the settings end here and more follows/],
    ["a list", '["hunter2"]', /is JSON and no object/],
    ["a text", '"hunter2"', /is JSON and no object/],
    ["a binary file", Buffer.from([0x30, 0x82, 1, 2, 0xff]), /is not JSON/],
  ];
  for (const [what, text, expected] of files) {
    it(`explains ${what}`, () => {
      const findings = new Findings();
      assert.equal(readSettingsFile({ name: "settings.json", bytes: Buffer.from(text as string) }, findings), undefined);
      const line = findings.list.map(findingLine).join("\n");
      assert.match(line, expected);
      assert.doesNotMatch(line, /hunter2/);
    });
  }
  it("reads what editors write", () => {
    for (const bytes of [Buffer.from("\ufeff" + EXAMPLE), Buffer.from("\ufeff" + EXAMPLE, "utf16le"), Buffer.from(EXAMPLE.replace(/\n/g, "\r\n"))]) {
      assert.deepEqual(readSettingsFile({ name: "x", bytes }, new Findings()), JSON.parse(EXAMPLE));
    }
  });
  it("refuses the example as it is", () => {
    const findings = new Findings();
    checkForBoard(JSON.parse(EXAMPLE), findings);
    const refused = findings.list.filter(({ level }) => level === "error").map(({ about }) => about);
    for (const path of ["wifi.ssid", "wifi.password", "s3.bucket", "credentials.accessKeyId", "credentials.secretAccessKey"]) assert.ok(refused.includes(path), path);
  });
  it("writes UTF-8 as bytes, in ASCII, as the board does", () => {
    const settings = readSettingsFile({ name: "x", bytes: Buffer.from('{"wifi":{"ssid":"Gästehaus €"}}') }, new Findings())!;
    const record = settingsRecord(settings).toString("latin1");
    assert.equal(record, '{"wifi":{"ssid":"G\\u00c3\\u00a4stehaus \\u00e2\\u0082\\u00ac"}}');
    assert.deepEqual(JSON.parse(record), settings);
  });
});
