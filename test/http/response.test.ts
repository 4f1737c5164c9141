// The response parser: the same events whatever the slices, every kind of end, and nothing that makes it throw.
import assert from "node:assert/strict";
import { createResponseParser } from "../../src/http/response";
import { Chance } from "../host/chance";
import { broken, complete, KEEP, type ResponseRow } from "./responses";

interface Told {
  interim: number[];
  status: number | undefined;
  headers: { [name: string]: string };
  body: string;
  /** "end", "failed" or "" where neither came. */
  over: string;
  message: string;
}

/** All that the parser tells of these slices, with its order checked. */
function parse(method: string, slices: string[], close: boolean | undefined): Told {
  const told: Told = { interim: [], status: undefined, headers: {}, body: "", over: "", message: "" };
  const early = () => assert.equal(told.over, "", "an event after the end");
  const parser = createResponseParser(method, KEEP, {
    interim: (status) => {
      early();
      assert.equal(told.status, undefined, "interim after the head");
      told.interim.push(status);
    },
    head: (response) => {
      early();
      assert.equal(told.status, undefined, "a second head");
      told.status = response.status;
      told.headers = { ...response.headers };
    },
    body: (bytes) => {
      early();
      assert.notEqual(told.status, undefined, "a body before the head");
      assert.notEqual(bytes, "", "an empty piece of body");
      told.body += bytes;
    },
    end: () => {
      early();
      assert.notEqual(told.status, undefined, "an end before the head");
      told.over = "end";
    },
    failed: (failure) => {
      early();
      assert.equal(failure.code, "http");
      told.over = "failed";
      told.message = failure.message;
    },
  });
  for (const slice of slices) parser.feed(slice);
  if (close !== undefined) parser.close(close);
  return told;
}

const expected = (row: ResponseRow): Told => ({
  interim: row.interim ?? [], status: row.status, headers: row.headers ?? {}, body: row.body ?? "", over: "end", message: "",
});

/** At what cuts a long response is tried: everywhere near its beginning and its end. */
function cuts(bytes: string): number[] {
  return Array.from({ length: bytes.length + 1 }, (_, cut) => cut).filter((cut) => cut < 400 || cut > bytes.length - 60 || cut % 97 === 0);
}

describe("the response parser", () => {
  for (const row of complete) {
    const { bytes, method = "GET" } = row;

    it(`reads ${row.title}: whole, byte by byte, and cut anywhere`, () => {
      assert.deepEqual(parse(method, [bytes], row.clean), expected(row));
      assert.deepEqual(parse(method, bytes.split(""), row.clean), expected(row));
      for (const cut of cuts(bytes)) assert.deepEqual(parse(method, [bytes.slice(0, cut), bytes.slice(cut)], row.clean), expected(row), "cut at " + cut);
    });
  }

  it("reads each response the same in a hundred random ways of slicing", () => {
    const chance = new Chance(15);
    for (const row of complete) {
      for (let i = 0; i < 100; i++) {
        const slices = chance.slices(row.bytes, chance.pick([2, 5, 20, 200]));
        assert.deepEqual(parse(row.method ?? "GET", slices, row.clean), expected(row), row.title + ": " + JSON.stringify(slices.map((slice) => slice.length)));
      }
    }
  });

  it("needs no end of the connection where the response tells its own", () => {
    for (const row of complete.filter((one) => !one.clean)) assert.equal(parse(row.method ?? "GET", [row.bytes], undefined).over, "end", row.title);
  });

  for (const close of [true, false]) {
    it(`never takes a response for complete that ends early, ${close ? "cleanly" : "broken"}`, () => {
      for (const row of complete) {
        for (const cut of cuts(row.bytes)) {
          const told = parse(row.method ?? "GET", [row.bytes.slice(0, cut)], close);
          const whole = told.status !== undefined && told.body === (row.body ?? "") && told.over === "end";
          const untilEnd = row.clean && close && told.status !== undefined;
          if (told.over === "end") assert.ok(whole || untilEnd, `${row.title}: ended at ${cut}`);
          else assert.equal(told.over, "failed", `${row.title}: nothing told at ${cut}`);
        }
      }
    });
  }

  it("fails when a body until the end breaks off", () => {
    const row = complete.find((one) => one.clean && one.body)!;
    const told = parse("GET", [row.bytes], false);
    assert.deepEqual([told.over, told.body], ["failed", row.body]);
  });

  const ends: [title: string, bytes: string, message: RegExp][] = [
    ["before any byte", "", /without an answer/],
    ["after 100 alone", "HTTP/1.1 100 Continue\r\n\r\n", /without an answer/],
    ["in the head", "HTTP/1.1 200 OK\r\nContent-Le", /ended early/],
    ["in a body of a given length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", /7 bytes early/],
    ["in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", /ended early/],
    ["before the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", /ended early/],
    ["in the trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n", /ended early/],
  ];
  for (const [title, bytes, message] of ends) it(`says what is missing when the end comes ${title}`, () => assert.match(parse("GET", [bytes], true).message, message));

  for (const row of broken) {
    it(`refuses ${row.title}, however it is cut`, () => {
      const ways = [[row.bytes], row.bytes.split(""), ...cuts(row.bytes).map((cut) => [row.bytes.slice(0, cut), row.bytes.slice(cut)])];
      for (const slices of ways) {
        const told = parse(row.method ?? "GET", slices, true);
        assert.deepEqual([told.over, told.status], ["failed", row.status]);
        assert.match(told.message, row.message);
      }
    });
  }

  it("ignores what comes after a failure", () => {
    const told = parse("GET", ["garbage\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], true);
    assert.deepEqual([told.over, told.status], ["failed", undefined]);
  });

  it("keeps no secret of the server's page but its first forty characters in a message", () => {
    assert.ok(parse("GET", ["<".repeat(500) + "\r\n"], true).message.length < 80);
  });

  it("never throws on random bytes and always ends", () => {
    const chance = new Chance(16);
    const words = ["HTTP/1.1 200 OK\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "\r\n", "\n", "\r", "3\r\nabc\r\n", "0\r\n", "HTTP/1.1 100 \r\n", ": ", " x", "\0\xff", "-1", "zz"];
    for (let i = 0; i < 20_000; i++) {
      const slices = chance.some(0, 10, () => (chance.oneIn(4) ? chance.bytes(chance.below(20)) : chance.pick(words)));
      const told = parse(chance.pick(["GET", "HEAD", "PUT"]), slices, chance.oneIn(2));
      assert.notEqual(told.over, "", JSON.stringify(slices));
    }
  });

  it("tells the same of random bytes in whatever slices", () => {
    const chance = new Chance(17);
    const words = ["HTTP/1.1 200 OK\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "\r\n", "\r\n", "3\r\nabc\r\n", "0\r\n", "ETag: x\r\n"];
    for (let i = 0; i < 5000; i++) {
      const bytes = "HTTP/1.1 200 OK\r\n" + chance.some(0, 8, () => chance.pick(words)).join("");
      const close = chance.oneIn(2);
      assert.deepEqual(parse("GET", chance.slices(bytes, 9), close), parse("GET", [bytes], close), JSON.stringify(bytes));
    }
  });
});
