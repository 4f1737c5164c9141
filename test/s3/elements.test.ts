// Elements of a document that comes in slices: every whole one once, in order, whatever the slices; never more in memory than the limit.
import assert from "node:assert/strict";
import { createElementReader } from "../../src/s3/elements";

type Read = { elements: [name: string, element: string][]; fed: boolean; outside: string };

function read(text: string, slice: number, names = ["Part", "CommonPrefixes"], limit = 100): Read {
  const elements: [string, string][] = [];
  const reader = createElementReader(names, limit, (element, name) => elements.push([name, element]));
  let fed = true;
  for (let at = 0; at < text.length && fed; at += slice) fed = reader.feed(text.slice(at, at + slice));
  return { elements, fed, outside: reader.outside() };
}

describe("elements of a document in slices", () => {
  const rows: [what: string, text: string, elements: string[], outside: string][] = [
    ["none", "", [], ""],
    ["one", "<Part>1</Part>", ["Part 1"], ""],
    ["what stands around them", "<?xml?><L><Part><N>1</N></Part>\n<T>x</T><Part></Part></L>", ["Part <N>1</N>", "Part "], "<?xml?><L>\n<T>x</T></L>"],
    ["two names in their order", "<CommonPrefixes>a</CommonPrefixes><Part>b</Part><CommonPrefixes>c</CommonPrefixes>", ["CommonPrefixes a", "Part b", "CommonPrefixes c"], ""],
    ["names that only begin alike", "<Parts>1</Parts><PartNumber>2</PartNumber><part>3</part>", [], "<Parts>1</Parts><PartNumber>2</PartNumber><part>3</part>"],
    ["an end without a beginning", "</Part>x</CommonPrefixes>", [], "</Part>x</CommonPrefixes>"],
    ["an element that is cut", "x<Part>1</Par", [], "x<Part>1</Par"],
    ["a tag that is cut", "xy<Par", [], "xy<Par"],
    ["a tag in a tag's beginning", "<Pa<Part>1</Part>", ["Part 1"], "<Pa"],
  ];
  for (const [what, text, elements, outside] of rows) {
    it(`reads ${what}, in slices of any length`, () => {
      for (const slice of [1, 2, 3, 5, 7, 1000]) {
        const found = read(text, slice);
        assert.deepEqual(found, { elements: elements.map((one) => [one.split(" ")[0], `<${one.split(" ")[0]}>${one.slice(one.indexOf(" ") + 1)}`]), fed: true, outside }, `${slice}`);
      }
    });
  }
  for (const [what, text] of [["an element without an end", "<Part>" + "x".repeat(500)], ["no element at all", "y".repeat(500)], ["too much between elements", ("<Part></Part>" + "z".repeat(30)).repeat(9)]] as const) {
    it(`stops at ${what} as soon as the limit is passed`, () => {
      for (const slice of [1, 50]) assert.equal(read(text, slice).fed, false);
      let taken = 0;
      const reader = createElementReader(["Part"], 100, () => {});
      while (taken < text.length && reader.feed(text[taken]!)) taken++;
      assert.ok(taken < 400 && reader.outside().length <= 210, `${taken} bytes taken`);
    });
  }
  it("takes more elements than the limit has bytes", () => assert.equal(read("<Part>1</Part>".repeat(50), 3).elements.length, 50));
});
