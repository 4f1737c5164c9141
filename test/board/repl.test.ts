// The terminal session.
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { createRepl } from "../../sim/board/repl";
import { boot, cleanUp } from "./boards";

describe("a terminal session", () => {
  afterEach(cleanUp);

  it("evaluates what is typed, shows what the board prints, and ends with .exit", async () => {
    const input = new PassThrough(), output = new PassThrough();
    let text = "";
    output.setEncoding("utf8").on("data", (part: string) => { text += part; });
    const repl = createRepl({ input, output });
    const board = await boot({ image: "print('booting')", onOutput: (part) => repl.show(part) });
    const session = repl.run(board);
    input.write("6*7\nprint('é')\nnope(\n.power\n.exit\n");
    await session;
    assert.match(text, /^booting\n/);
    assert.match(text, /=42\n/);
    assert.match(text, /\né\n|é\n/);
    assert.match(text, /Uncaught SyntaxError/);
    assert.equal(board.output.filter((line) => line === "booting").length, 2);
  });
});
