// S3's lists, read in any slices: every entry once, names decoded, and no list out of garbage.
import assert from "node:assert/strict";
import { createListReader, type ListEntry } from "../../src/s3/listXml";

const object = (key: string, size: number | string = 5) => `<Contents><Key>${key}</Key><LastModified>2026-06-01T12:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
const list = (inside: string, more = "<IsTruncated>false</IsTruncated>") => `<?xml version="1.0"?>\n<ListBucketResult xmlns="x"><Name>b</Name>${more}<EncodingType>url</EncodingType>${inside}</ListBucketResult>`;

function read(text: string, slice: number): { entries: ListEntry[]; fed: unknown; ended: unknown; next: string } {
  const entries: ListEntry[] = [];
  const reader = createListReader((entry) => void entries.push(entry));
  let fed: unknown;
  for (let at = 0; at < text.length; at += slice) fed = fed || reader.feed(text.slice(at, at + slice));
  return { entries, fed, ended: reader.end(), next: reader.next() };
}

describe("lists of S3", () => {
  const names: [sent: string, key: string][] = [
    ["logs/a.txt", "logs/a.txt"], ["a+b", "a b"], ["a%2Bb", "a+b"], ["%C3%BC", "\xc3\xbc"], ["a%26b%3C%3E%22", 'a&b<>"'], ["100%25", "100%"], ["%2525", "%25"],
    ["a%0Ab", "a\nb"], ["%zz", "%zz"], ["a&amp;b", "a&b"], ["%3CContents%3E", "<Contents>"],
  ];
  for (const [sent, key] of names) it(`reads the key ${sent} as ${JSON.stringify(key)}`, () => assert.deepEqual(read(list(object(sent)), 7).entries, [{ key, size: 5, modified: "2026-06-01T12:00:00.000Z", etag: '"e"' }]));

  for (const slice of [1, 2, 3, 16, 17, 100, 10000]) {
    it(`reads keys, prefixes and the token in slices of ${slice}`, () => {
      const text = list(object("a") + object("b", 123456789012) + "<CommonPrefixes><Prefix>c%2F</Prefix></CommonPrefixes><CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes>", "<IsTruncated>true</IsTruncated><NextContinuationToken>t&amp;1==</NextContinuationToken>");
      const { entries, fed, ended, next } = read(text, slice);
      assert.deepEqual(entries.map((entry) => entry.key ?? entry.prefix), ["a", "b", "c/", "d/"]);
      assert.deepEqual([entries[1]!.size, fed, ended, next], [123456789012, undefined, undefined, "t&1=="]);
    });
  }
  it("reads the token wherever it stands", () => assert.equal(read(list(object("a") + "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>", ""), 5).next, "t"));
  it("gives no token of a last page", () => assert.equal(read(list("", "<IsTruncated>false</IsTruncated><NextContinuationToken>t</NextContinuationToken>"), 9).next, ""));

  const garbage: [what: string, text: string][] = [
    ["nothing", ""], ["HTML", "<html>Log in</html>"], ["a cut list", list(object("a")).slice(0, -5)], ["a list cut in an entry", list(object("a")).slice(0, -60)],
    ["a size that is none", list(object("a", "5x"))], ["an entry without a key", list(object(""))], ["more without a token", list("", "<IsTruncated>true</IsTruncated>")],
    ["an error", "<Error><Code>X</Code></Error>"],
  ];
  for (const [what, text] of garbage) {
    for (const slice of [1, 1000]) it(`takes ${what} in slices of ${slice} for no list`, () => assert.equal((read(text, slice).ended as any).code, "http"));
  }
  for (const [what, endless] of [["an endless page", "x"], ["an endless entry", "<Contents>"]] as const) {
    it(`stops at ${what}`, () => {
      const reader = createListReader(() => {});
      let fed: any = reader.feed(endless);
      for (let i = 0; i < 40 && !fed; i++) fed = reader.feed("y".repeat(1000));
      assert.equal(fed.code, "http");
    });
  }
});
