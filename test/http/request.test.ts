// The head of a request: exact bytes, and no way for data to become headers.
import assert from "node:assert/strict";
import { requestHead } from "../../src/http/request";

describe("requestHead", () => {
  it("is the request line, the headers in their order, and a blank line", () => {
    assert.equal(
      requestHead("PUT", "/a%20b?x=1", [["host", "h:8443"], ["content-length", "0"], ["x-amz-meta-note", "Gr\xc3\xbc\xc3\x9fe"]]),
      "PUT /a%20b?x=1 HTTP/1.1\r\nhost: h:8443\r\ncontent-length: 0\r\nx-amz-meta-note: Gr\xc3\xbc\xc3\x9fe\r\n\r\n",
    );
  });

  it("may have no headers", () => assert.equal(requestHead("GET", "/", []), "GET / HTTP/1.1\r\n\r\n"));

  const evil = ["\r\nx-evil: 1", "\nx-evil: 1", "\rx-evil: 1", "\0x-evil: 1", "\r\n\r\nGET /other HTTP/1.1\r\n\r\n", "a\r\n b"];
  const places: [string, (text: string) => string, lines: number][] = [
    ["value", (text) => requestHead("GET", "/", [["x-note", text], ["host", "h"]]), 5],
    ["name", (text) => requestHead("GET", "/", [["x-note" + text, "1"], ["host", "h"]]), 5],
    ["target", (text) => requestHead("GET", "/" + text, [["host", "h"]]), 4],
  ];
  for (const [place, make, lines] of places) {
    for (const text of evil) {
      it(`keeps ${JSON.stringify(text)} in a ${place} on its one line`, () => {
        const head = make(text);
        assert.equal(head.split("\r\n").length, lines);
        assert.doesNotMatch(head.replaceAll("\r\n", ""), /[\r\n\0]/);
      });
    }
  }

  it("puts a space for each of the characters, so that no signature holds by chance", () => {
    assert.match(requestHead("GET", "/", [["x", "a\r\nb"]]), /^x: a {2}b\r$/m);
  });
});
