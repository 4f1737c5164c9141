// What a console sends, told apart: answers, lines, garbage; in pieces of any size.
import assert from "node:assert/strict";
import { crc32 } from "../../tools/build/crc32.js";
import { type Frame, Lines, Reader } from "../../tools/port/reader";
import { quoted, quotedPieces } from "../../tools/port/repl";

const frame = (id: number, kind: string, json: string) => `~abc123:${id}${kind}${crc32(json)}:${json}~abc123>`;

/** What a stream comes to, fed in pieces of this many bytes. */
function read(stream: string, size: number): { frames: string[]; lines: string[]; text: string } {
  const frames: string[] = [], lines: string[] = [];
  let text = "";
  const lined = new Lines((line) => void lines.push(line));
  const reader = new Reader("abc123", {
    frame: (one: Frame) => {
      lined.frame();
      frames.push(`${one.id}${one.kind}${one.text}${one.whole ? "" : " BROKEN"}`);
    },
    text: (bytes) => {
      text += bytes;
      lined.feed(bytes);
    },
  });
  for (let at = 0; at < stream.length; at += size) reader.feed(stream.slice(at, at + size));
  reader.flush();
  return { frames, lines, text };
}

describe("the reader of a console", () => {
  const cases: [what: string, stream: string, frames: string[], lines: string[]][] = [
    ["an answer among prompts", `>${frame(1, "+", "undefined")}\r\n>${frame(1, "=", "42")}\r\n>`, ["1+undefined", "1=42"], []],
    ["what is printed before it", `>${frame(1, "+", "undefined")}\r\nhello\r\n  two\r\n${frame(1, "=", "5")}\r\n>`, ["1+undefined", "1=5"], ["hello", "  two"]],
    ["a line over the prompt", `>\r\x1b[J  14 %\r\n>\r\x1b[J  28 %\r\n>`, [], ["  14 %", "  28 %"]],
    ["a printed >", `>${frame(1, "+", "undefined")}\r\n>x\r\n${frame(1, "=", "1")}\r\n>\r\x1b[J>y\r\n`, ["1+undefined", "1=1"], [">x", ">y"]],
    ["an answer after the prompt went", `>\r\x1b[J${frame(7, "=", "[1]")}\r\n>${frame(8, "=", "2")}\r\nx\r\n`, ["7=[1]", "8=2"], ["x"]],
    ["flow control within", `\x13>\x11~abc\x13123:1=${crc32("42")}:4\x112~abc123\x13>\x11\r\nb\r\n`, ["1=42"], ["b"]],
    ["an answer with its own marks inside a text", frame(1, "=", '"~abc12 ~ab ~abc124:1=2:3~"') + "\n", ['1="~abc12 ~ab ~abc124:1=2:3~"'], []],
    ["a changed character", frame(2, "=", "42").replace("42~", "43~"), ["2=43 BROKEN"], []],
    ["a frame cut by a restart", `~abc123:1=123:"half\r\n\r\n 2v29 (c)\r\n>${frame(2, "=", "3")}\r\n`, ["2=3"], ['~abc123:1=123:"half', " 2v29 (c)"]],
    ["a frame of another session", `~zzz999:1=1:1~zzz999>\r\n`, [], ["~zzz999:1=1:1~zzz999>"]],
    ["no frame at all", `~abc123:garbage~abc123>\r\nx\r\n`, [], ["x"]],
  ];
  for (const [what, stream, frames, lines] of cases) {
    it(what, () => {
      for (const size of [1, 2, 3, 7, 1000]) {
        const got = read(stream, size);
        assert.deepEqual([got.frames, got.lines], [frames, lines], `in pieces of ${size}`);
      }
    });
  }
  it("is not broken by garbage, and finds the next answer in it", () => {
    let seed = 1;
    const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x80000000;
    for (let round = 0; round < 300; round++) {
      const marks = ["~abc123:", "~abc123>", "~abc", "1=", "\r", "\x1b[J", ">", "\n"];
      const noise = Array.from({ length: 40 }, () => (random() < 0.3 ? marks[Math.floor(random() * marks.length)]! : String.fromCharCode(random() * 256))).join("");
      for (const size of [1, 5]) assert.equal(read(noise + frame(9, "=", "42"), size).frames.at(-1), "9=42", JSON.stringify(noise));
    }
  });
  it("keeps every byte that is no frame", () => {
    const noise = "a\r\nb\0~ab c~abc12\n\xff\xfe";
    for (const size of [1, 2, 100]) assert.equal(read(noise, size).text, noise);
  });
});

describe("expressions for a console", () => {
  it("are quoted as plain characters", () => {
    const all = Array.from({ length: 256 }, (_, n) => String.fromCharCode(n)).join("");
    assert.match(quoted(all), /^"[\x20-\x7e]*"$/);
    assert.equal(eval(quoted(all)), all);
  });
  it("are cut so that no piece is longer than a line, and are whole together", () => {
    for (const text of ["", "a", '"'.repeat(500), "\xff".repeat(301), "ab\n".repeat(400)]) {
      const pieces = quotedPieces(text, 100);
      assert.equal(pieces.join(""), text);
      for (const piece of pieces) assert.ok(quoted(piece).length <= 100);
    }
  });
});
