// Presigned URLs from elsewhere: what is taken, what is refused before anything is sent, and that their query is never shown.
import assert from "node:assert/strict";
import { headersFault, parsePresignedUrl, type PresignedUrl } from "../../src/s3/presigned/url";

const query = (more = "", signed = "host", date = "20260601T120000Z", seconds = "600") =>
  `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20260601%2Fr%2Fs3%2Faws4_request&X-Amz-Date=${date}&X-Amz-Expires=${seconds}&X-Amz-SignedHeaders=${signed}${more}&X-Amz-Signature=secret`;
const NOON = Date.parse("2026-06-01T12:00:00Z");

const good: [url: string, wanted: Partial<PresignedUrl>][] = [
  [`https://b.s3.eu-central-1.amazonaws.com/k?${query()}`, { host: "b.s3.eu-central-1.amazonaws.com", port: 443, hostHeader: "b.s3.eu-central-1.amazonaws.com", target: `/k?${query()}`, expires: NOON + 600000, signedHeaders: "" }],
  [`HTTPS://127.0.0.1:8443/b/a%20b//../x?x-id=PutObject&${query()}`, { host: "127.0.0.1", port: 8443, hostHeader: "127.0.0.1:8443", target: `/b/a%20b//../x?x-id=PutObject&${query()}` }],
  [`https://h:443/k?${query()}`, { hostHeader: "h", port: 443 }],
  [`https://h?${query()}`, { target: `/?${query()}` }],
  [`https://h/k?${query("&X-Amz-Security-Token=a%2Bb%3D")}`, { expires: NOON + 600000 }],
  [`https://h/k?${query("", "content-length%3Bhost%3Bx-amz-content-sha256")}`, { signedHeaders: "content-length;x-amz-content-sha256" }],
  ["https://h/k?AWSAccessKeyId=A&Expires=1780315200&Signature=s%3D", { expires: NOON, signedHeaders: "" }],
  ["https://h/k", { target: "/k", expires: 0 }],
];
const bad: [what: string, url: unknown, message: RegExp][] = [
  ["nothing", undefined, /missing/], ["a number", 5, /missing/], ["http", `http://h/k?${query()}`, /https/], ["no scheme", "h/k", /https/],
  ["a fragment", `https://h/k?${query()}#x`, /fragment/], ["a user", `https://u:p@h/k?${query()}`, /user/], ["a space", `https://h/a b?${query()}`, /space/],
  ["a line end", `https://h/k?${query()}\r\nX: y`, /space/], ["a NUL", `https://h/k\0?${query()}`, /space/], ["a letter that is none of ASCII", `https://h/\xfc?${query()}`, /space/],
  ["a backslash", `https://h\\@evil/k?${query()}`, /another character/], ["quotes", `https://h/k?${query()}"`, /another character/], ["a broken percent", `https://h/%4?${query()}`, /another character/],
  ["no host", `https:///k?${query()}`, /host/], ["an empty label", `https://a..b/k?${query()}`, /host/], ["a hyphen in front", `https://-a/k?${query()}`, /host/],
  ["brackets", `https://[::1]/k?${query()}`, /host/], ["port 0", `https://h:0/k?${query()}`, /port/], ["port 65536", `https://h:65536/k?${query()}`, /port/], ["an empty port", `https://h:/k?${query()}`, /port/], ["two ports", `https://h:1:2/k?${query()}`, /port/],
  ["a long one", "https://h/" + "k".repeat(8000), /longer/], ["a bad date", `https://h/k?${query("", "host", "20260601")}`, /X-Amz-Date/], ["a wrong date", `https://h/k?${query("", "host", "2026060aT120000Z")}`, /X-Amz-Date/],
  ["no expiry", `https://h/k?${query("", "host", "20260601T120000Z", "")}`, /X-Amz-Expires/], ["a negative expiry", `https://h/k?${query("", "host", "20260601T120000Z", "-5")}`, /X-Amz-Expires/],
  ["a cut one", `https://h/k?${query().split("&X-Amz-Signature")[0]}`, /X-Amz-Signature/], ["an unsigned host", `https://h/k?${query("", "content-type")}`, /host/], ["an Expires that is none", "https://h/k?Expires=soon", /Expires/],
];

describe("presigned URLs from elsewhere", () => {
  for (const [url, wanted] of good) it(`takes ${url.slice(0, 70)}`, () => {
    const found = parsePresignedUrl(url) as PresignedUrl;
    for (const [name, value] of Object.entries(wanted)) assert.equal(found[name as keyof PresignedUrl], value, name);
  });
  for (const [what, url, message] of bad) it(`refuses one with ${what}`, () => {
    const found = parsePresignedUrl(url) as any;
    assert.equal(found.code, "argument");
    assert.match(found.message, message);
    assert.ok(!JSON.stringify(found).includes("secret"));
  });
  const signed: [headers: string, known: string[], refused: RegExp | undefined][] = [
    ["host", [], undefined], ["host%3Bx-amz-content-sha256", [], undefined], ["content-length%3Bhost", ["content-length"], undefined], ["content-length%3Bhost", [], /content-length/],
    ["content-type%3Bhost%3Bx-amz-acl", ["content-length"], /content-type, x-amz-acl/], ["host%3Brange", [], /range/],
  ];
  for (const [headers, known, refused] of signed) it(`${refused ? "refuses" : "takes"} the signed headers ${headers} where ${known.join() || "none"} is sent`, () => {
    const fault = headersFault(parsePresignedUrl(`https://h/k?${query("", headers)}`) as PresignedUrl, known);
    if (refused) assert.match(fault!.message, refused);
    else assert.equal(fault, undefined);
  });
  it("survives a hundred broken ones", () => {
    const whole = `https://b.s3.eu-central-1.amazonaws.com/k?${query()}`;
    for (let at = 0; at < whole.length; at++) {
      assert.ok(parsePresignedUrl(whole.slice(0, at)));
      assert.ok(parsePresignedUrl(whole.slice(0, at) + "%" + whole.slice(at + 1)));
    }
  });
});
