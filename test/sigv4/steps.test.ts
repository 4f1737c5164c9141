// Each step of Signature Version 4 by itself (AWS General Reference, "Create a signed AWS API request").
import assert from "node:assert/strict";
import { amzDate } from "../../src/sigv4/amzDate";
import { canonicalHeaders, canonicalQuery, canonicalRequest, canonicalUri, canonicalValue, normalisePath, type Pair, parseQuery } from "../../src/sigv4/canonicalRequest";
import { presign } from "../../src/sigv4/presign";
import { authorization, sign } from "../../src/sigv4/signature";
import { signingKey } from "../../src/sigv4/signingKey";
import { credentialScope, stringToSign } from "../../src/sigv4/stringToSign";
import { Chance } from "../host/chance";
import { hash } from "../host/hash";

function table<T>(act: (input: T) => unknown, rows: [title: string, input: T, output: unknown][]): void {
  for (const [title, input, output] of rows) it(title, () => assert.deepEqual(act(input), output));
}

describe("amzDate", () => {
  table(amzDate, [
    ["begins in 1970", 0, "19700101T000000Z"],
    ["cuts milliseconds, never rounds up", 1709164799999, "20240228T235959Z"],
    ["cuts fractions of a millisecond", 1709164800000.75, "20240229T000000Z"],
    ["knows leap days", 1709164800000, "20240229T000000Z"],
    ["passes the end of NTP's era 0", 2085978496000, "20360207T062816Z"],
    ["passes 2038", 2147483648000, "20380119T031408Z"],
    ["knows that 2100 is no leap year", 4107542400000, "21000301T000000Z"],
  ]);
});

describe("normalisePath", () => {
  table(normalisePath, [
    ["makes / of nothing", "", "/"],
    ["takes empty segments away", "//a//b//", "/a/b/"],
    ["takes . away", "/./a/./b", "/a/b"],
    ["resolves ..", "/a/b/../../c", "/c"],
    ["never climbs above the root", "/../../x", "/x"],
    ["keeps a slash at the end", "/a/b/", "/a/b/"],
    ["keeps no slash of a dot segment at the end, as AWS's signers do", "/a/b/..", "/a"],
    ["keeps names that only begin with dots", "/.../..b/.c", "/.../..b/.c"],
    ["leaves encoded dots alone", "/a/%2E%2E/b", "/a/%2E%2E/b"],
  ]);
});

describe("canonicalUri", () => {
  table((path: string) => canonicalUri(path, "s3"), [
    ["is the path of the request line for S3", "/a%20b/%C3%A4", "/a%20b/%C3%A4"],
    ["is never normalised for S3", "/a//../b/.", "/a//../b/."],
    ["is / where there is no path", "", "/"],
  ]);
  table((path: string) => canonicalUri(path, "iotdata"), [
    ["is encoded once more for any other service", "/topics/a%2Fb%20c", "/topics/a%252Fb%2520c"],
    ["is normalised for any other service", "/a//./b/../c", "/a/c"],
  ]);
});

describe("canonicalQuery", () => {
  table(canonicalQuery, [
    ["is empty without parameters", [], ""],
    ["gives a name alone an equals sign", [["lifecycle", ""]], "lifecycle="],
    ["encodes names and values, the slash too", [["a b", "c/d+e=f"]], "a%20b=c%2Fd%2Be%3Df"],
    ["sorts by name, capitals first", [["b", "1"], ["a", "1"], ["B", "1"]], "B=1&a=1&b=1"],
    ["sorts equal names by value", [["a", "2"], ["a", "10"], ["a", ""]], "a=&a=10&a=2"],
    ["sorts names as they are encoded", [["a~", "1"], ["a\xc3\xa4", "2"], ["a-", "3"]], "a%C3%A4=2&a-=3&a~=1"],
    ["sorts a name before a longer one that begins with it", [["ab", "1"], ["a", "1"], ["a-b", "1"]], "a=1&a-b=1&ab=1"],
  ] as [string, Pair[], string][]);

  it("leaves the list it was given in its order", () => {
    const query: Pair[] = [["b", "1"], ["a", "1"]];
    canonicalQuery(query);
    assert.deepEqual(query, [["b", "1"], ["a", "1"]]);
  });
});

describe("parseQuery", () => {
  table(parseQuery, [
    ["reads nothing from nothing", "", []],
    ["decodes names and values once", "a%20b=c%252F", [["a b", "c%2F"]]],
    ["cuts at the first equals sign", "a=b=c", [["a", "b=c"]]],
    ["reads a name alone as an empty value", "uploads&a=", [["uploads", ""], ["a", ""]]],
    ["keeps order and repetitions", "b=1&a=2&b=1", [["b", "1"], ["a", "2"], ["b", "1"]]],
    ["takes empty parts for nothing", "&&a=1&", [["a", "1"]]],
  ]);
});

describe("canonicalValue", () => {
  table(canonicalValue, [
    ["trims", "  a  ", "a"],
    ["makes one space of a run, inside quotes too", '"a   b"  c', '"a b" c'],
    ["makes a space of a tab", "a\t\tb", "a b"],
    ["joins folded lines", "value1\r\n  value2\n     value3", "value1 value2 value3"],
    ["makes nothing of white space alone", " \t ", ""],
    ["leaves bytes of UTF-8 alone, 0xA0 among them", "\xc3\xa0 \xa0b", "\xc3\xa0 \xa0b"],
  ]);
});

describe("canonicalHeaders", () => {
  table(canonicalHeaders, [
    ["lowers and sorts names", [["X-B", "2"], ["Host", "h"], ["x-a", "1"]], { block: "host:h\nx-a:1\nx-b:2\n", names: "host;x-a;x-b" }],
    ["joins equal names in the order they came", [["A", "2"], ["a", " 1 "], ["A", ""]], { block: "a:2,1,\n", names: "a" }],
    ["keeps an empty header", [["host", "h"], ["x", ""]], { block: "host:h\nx:\n", names: "host;x" }],
    ["sorts a hyphen before letters", [["x-ab", "2"], ["x-a-b", "1"]], { block: "x-a-b:1\nx-ab:2\n", names: "x-a-b;x-ab" }],
    ["knows names that every object of the language has", [["constructor", "1"], ["host", "h"]], { block: "constructor:1\nhost:h\n", names: "constructor;host" }],
  ] as [string, Pair[], unknown][]);
});

describe("canonicalRequest", () => {
  it("is six parts with a blank line after the headers and no line end after the last", () => {
    assert.equal(canonicalRequest("GET", "/p", "a=b", "host:h\nx:1\n", "host;x", "hash"), "GET\n/p\na=b\nhost:h\nx:1\n\nhost;x\nhash");
  });
});

describe("the string to sign", () => {
  it("has the day, region and service as its scope", () => assert.equal(credentialScope("20150830T123600Z", "eu-central-1", "kms"), "20150830/eu-central-1/kms/aws4_request"));
  it("has four lines joined by LF", () => {
    const text = stringToSign(hash, "20150830T123600Z", "scope", "request");
    assert.deepEqual(text.split("\n").map((line) => line.length), [16, 16, 5, 64]);
    assert.ok(!text.includes("\r"));
  });
});

describe("authorization", () => {
  it("names key, scope, headers and signature", () => {
    const signed = { canonicalRequest: "", stringToSign: "", signedHeaders: "host;x", scope: "20150830/r/s/aws4_request", signature: "f".repeat(64) };
    assert.equal(authorization("AKID", signed), "AWS4-HMAC-SHA256 Credential=AKID/20150830/r/s/aws4_request, SignedHeaders=host;x, Signature=" + "f".repeat(64));
  });
});

describe("presign", () => {
  const key = signingKey(hash, "secret", "20260101/eu-central-1/s3/aws4_request");
  const request = { method: "GET", path: "/k", query: [["b", "1"]] as Pair[], headers: [["Host", "h"]] as Pair[], payloadHash: "UNSIGNED-PAYLOAD" };
  const query = (token?: string) => presign(hash, key, request, "20260101T000000Z", "eu-central-1", "s3", "AKID", 60, token).query;

  it("puts the signature last and everything else in order", () => {
    const names = query().split("&").map((part) => part.split("=")[0]);
    assert.deepEqual(names, ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "b", "X-Amz-Signature"]);
  });
  it("signs a session token as part of the query", () => {
    assert.match(query("a/b+c=="), /&X-Amz-Security-Token=a%2Fb%2Bc%3D%3D&X-Amz-SignedHeaders=host&/);
    assert.notEqual(query("t").slice(-64), query().slice(-64));
  });
  it("leaves the request as it was", () => {
    query("t");
    assert.deepEqual([request.query, request.headers], [[["b", "1"]], [["Host", "h"]]]);
  });
});

describe("a signature", () => {
  const base = { method: "PUT", path: "/k", query: [["a", "1"]] as Pair[], headers: [["host", "h"], ["x-amz-date", "20260101T000000Z"]] as Pair[], payloadHash: "p" };
  const signature = (change: Partial<typeof base>, secret = "secret", region = "r", service = "s3", date = "20260101T000000Z") =>
    sign(hash, signingKey(hash, secret, credentialScope(date, region, service)), { ...base, ...change }, date, region, service).signature;

  it("changes with every part of what is signed", () => {
    const all = [
      signature({}), signature({ method: "GET" }), signature({ path: "/l" }), signature({ query: [["a", "2"]] }), signature({ headers: [["host", "i"]] }),
      signature({ payloadHash: "q" }), signature({}, "other"), signature({}, "secret", "q"), signature({}, "secret", "r", "kms"),
      signature({}, "secret", "r", "s3", "20260102T000000Z"), signature({}, "secret", "r", "s3", "20260101T000001Z"),
    ];
    assert.equal(new Set(all).size, all.length);
  });
  it("does not depend on the order of headers and parameters", () => {
    const chance = new Chance(11);
    const headers: Pair[] = [["host", "h"], ["x-a", "1"], ["x-b", "2"], ["x-c", "3"]];
    const query: Pair[] = [["a", "1"], ["b", "2"], ["b", "1"], ["c", ""]];
    const shuffled = (list: Pair[]) => list.map((pair) => ({ pair, at: chance.fraction() })).sort((a, b) => a.at - b.at).map((one) => one.pair);
    const first = signature({ headers, query });
    for (let i = 0; i < 50; i++) assert.equal(signature({ headers: shuffled(headers), query: shuffled(query) }), first);
  });
});
