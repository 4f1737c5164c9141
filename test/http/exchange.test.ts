// One request and its answer, on the mock socket: bodies, 100-continue, early answers, and a break at every point.
import assert from "node:assert/strict";
import { failure, type Failure } from "../../src/flow/failure";
import { exchange, type Exchange } from "../../src/http/exchange";
import type { Response } from "../../src/http/response";
import { createHost, type Host } from "../host/host";
import { breakOff, endClean, ended, expect, hold, readAll, refused, type Row, send, silent, silentHandshake, stall, wait } from "../host/script";

const HEAD = "PUT /k HTTP/1.1\r\nhost: h\r\n\r\n";
const PIECES = ["first piece,", "second piece,", "third piece"];
const BODY = PIECES.join("");
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nETag: e\r\nContent-Length: 5\r\n\r\ndone!";
const FORBIDDEN = "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nreason";
const UNTIL_END = "HTTP/1.1 200 OK\r\n\r\nsome";

interface Options {
  rows: Row[];
  body?: string[];
  expectContinue?: boolean;
  /** After how many pieces the source fails. */
  sourceFails?: number;
  /** The sink refuses the head, or the body once it has so many bytes. */
  sinkFails?: "head" | number;
  answerFirst?: boolean;
}

interface Outcome {
  host: Host;
  failed: Failure | undefined;
  response: Response | undefined;
  body: string;
}

function run(options: Options): Outcome {
  const host = createHost();
  host.tls.script(...options.rows);
  host.tls.answerFirst = options.answerFirst ?? false;
  let given = 0;
  let calls = 0;
  const outcome: Outcome = { host, failed: undefined, response: undefined, body: "" };
  const sourceFailed = () => (given === options.sourceFails ? failure("card", "the card is out", "") : undefined);
  const request: Exchange = {
    host: "h", port: 443, method: "PUT", head: HEAD, keep: "etag", handshakeSeconds: 60, silenceSeconds: 30, stride: 8192,
    expectContinue: options.expectContinue ?? false,
    ...(options.body && { body: { next: () => (sourceFailed() ? "" : options.body![given++] ?? ""), failed: sourceFailed } }),
  };
  const sink = {
    head: () => (options.sinkFails === "head" ? failure("argument", "no such answer", "") : undefined),
    body: (bytes: string) => {
      assert.ok(!outcome.body || outcome.body.length !== options.sinkFails, "the sink was asked again after it failed");
      outcome.body += bytes;
      return outcome.body.length === options.sinkFails ? failure("card-full", "the card is full", "") : undefined;
    },
  };
  exchange(host.platform, request, sink, (failed, response) => {
    calls++;
    assert.equal(host.tls.connections[0]!.state, "over", "done is called when the connection is closed");
    Object.assign(outcome, { failed, response });
  });
  assert.equal(request.head, "", "the head is let go");
  host.time.settle();
  host.verify();
  assert.equal(calls, 1, "done is called once");
  return outcome;
}

function succeeds(options: Options, status = 200, body = "done!"): Outcome {
  const outcome = run(options);
  assert.deepEqual([outcome.failed, outcome.response?.status, outcome.body], [undefined, status, body]);
  return outcome;
}

describe("an exchange", () => {
  it("opens the connection it was asked for, the head as its hello", () => {
    const { host } = succeeds({ rows: [expect(HEAD), send(OK), ended()] });
    const { hello, host: name, port, deviceCertificate, handshakeSeconds, silenceSeconds, stride } = host.tls.connections[0]!.options;
    assert.deepEqual([hello, name, port, deviceCertificate, handshakeSeconds, silenceSeconds, stride], [HEAD, "h", 443, false, 60, 30, 8192]);
  });

  for (const answerFirst of [false, true]) {
    describe(answerFirst ? "where answers overtake drains" : "where drains come first", () => {
      const rows: [title: string, options: Options, status?: number, body?: string][] = [
        ["reads an answer in one piece", { rows: [expect(HEAD), send(OK), ended()] }],
        ["reads an answer byte by byte", { rows: [expect(HEAD), send(OK, 1), ended()] }],
        ["keeps the headers that were asked for", { rows: [expect(HEAD), send("HTTP/1.1 200 OK\r\nETag: e\r\nX: y\r\nContent-Length: 0\r\n\r\n"), ended()] }, 200, ""],
        ["sends a body piece by piece", { body: PIECES, rows: [expect(HEAD), expect(PIECES[0]!), expect(PIECES[1]!), expect(PIECES[2]!), send(OK), ended()] }],
        ["sends a body of one piece", { body: [BODY], rows: [expect(HEAD + BODY), send(OK), ended()] }],
        ["sends a body of no piece", { body: [], rows: [expect(HEAD), wait(100), silent(), send(OK), ended()] }],
        ["waits for 100 before the body", { body: PIECES, expectContinue: true, rows: [expect(HEAD), wait(900), silent(), send(CONTINUE), expect(BODY), send(OK), ended()] }],
        ["waits for 100 that comes byte by byte", { body: PIECES, expectContinue: true, rows: [expect(HEAD), send(CONTINUE, 1), expect(BODY), send(OK), ended()] }],
        ["sends the body after a second without 100", { body: PIECES, expectContinue: true, rows: [expect(HEAD), wait(999), silent(), wait(2), expect(BODY), send(OK), ended()] }],
        ["is not confused by a 100 that comes late", { body: PIECES, expectContinue: true, rows: [expect(HEAD), wait(1500), send(CONTINUE), expect(BODY), send(OK), ended()] }],
        ["is not confused by a 100 that nobody asked for", { body: PIECES, rows: [expect(HEAD), send(CONTINUE), expect(BODY), send(OK), ended()] }],
        ["sends no body when the answer comes instead of 100", { body: PIECES, expectContinue: true, rows: [expect(HEAD), send(FORBIDDEN), ended()] }, 403, "reason"],
        ["sends no body when the answer comes with the 100", { body: PIECES, expectContinue: true, rows: [expect(HEAD), send(CONTINUE + FORBIDDEN), ended()] }, 403, "reason"],
        ["sends no body when the answer comes right after the 100", { body: PIECES, expectContinue: true, rows: [expect(HEAD), send(CONTINUE + FORBIDDEN, [CONTINUE.length]), ended()] }, 403, "reason"],
        ["sends no body once an answer has begun, though the second for 100 passes", { body: PIECES, expectContinue: true, rows: [expect(HEAD), send(FORBIDDEN.slice(0, -3)), wait(1500), silent(), send(FORBIDDEN.slice(-3)), ended()] }, 403, "reason"],
        ["sends no body once an answer has begun, though a 100 came with it", { body: PIECES, expectContinue: true, rows: [expect(HEAD), send(CONTINUE + FORBIDDEN.slice(0, -3)), wait(50), silent(), send(FORBIDDEN.slice(-3)), ended()] }, 403, "reason"],
        ["reads an early refusal while a piece is stuck", { body: PIECES, rows: [hold(), expect(HEAD), wait(50), send(FORBIDDEN, 3), ended()] }, 403, "reason"],
        ["reads an answer until the end", { rows: [expect(HEAD), send(UNTIL_END), endClean()] }, 200, "some"],
        ["reads an answer in chunks", { rows: [expect(HEAD), send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndon\r\n2\r\ne!\r\n0\r\n\r\n", [20, 40]), ended()] }],
        ["takes a complete answer for success however the connection ends", { rows: [expect(HEAD), send(OK + "garbage"), ended()] }],
        ["reads an answer that came slowly", { rows: [expect(HEAD), send(OK.slice(0, 9)), wait(29_000), send(OK.slice(9, 50)), wait(29_000), send(OK.slice(50)), ended()] }],
      ];
      for (const [title, options, status, body] of rows) it(title, () => void succeeds({ ...options, answerFirst }, status, body));

      it("stops the body at an early refusal", () => {
        const many = Array.from({ length: 50 }, (_, index) => "piece " + index + ";");
        const { host } = succeeds({ body: many, answerFirst, rows: [expect(HEAD), expect(many[0]!), expect(many[1]!), send(FORBIDDEN.slice(0, -3)), wait(500), send(FORBIDDEN.slice(-3)), readAll(), ended()] }, 403, "reason");
        assert.ok(host.tls.connections[0]!.received.length < HEAD.length + 40, "it went on sending");
      });
    });
  }

  const incomplete: [title: string, before: Row[], code: string, message?: RegExp][] = [
    ["before the answer", [expect(HEAD)], "http", /without an answer/],
    ["while 100 is awaited", [expect(HEAD), wait(100)], "http", /without an answer/],
    ["after 100", [expect(HEAD), send(CONTINUE), expect(PIECES[0]!), readAll()], "http", /without an answer/],
    ["in the body", [expect(HEAD), wait(1001), expect(PIECES[0]!), readAll()], "http", /without an answer/],
    ["in the answer's head", [expect(HEAD), send(FORBIDDEN.slice(0, 30))], "http", /ended early/],
    ["in the answer's body", [expect(HEAD), send(FORBIDDEN.slice(0, -2))], "http", /2 bytes early/],
    ["in a chunk", [expect(HEAD), send("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndo")], "http", /ended early/],
  ];
  for (const [title, before, code, message] of incomplete) {
    const options = { body: PIECES, expectContinue: true };
    it(`fails when the server ends cleanly ${title}`, () => {
      const { failed } = run({ ...options, rows: [...before, endClean()] });
      assert.equal(failed?.code, code);
      if (message) assert.match(failed!.message, message);
    });
    it(`fails with the connection's failure when it breaks ${title}`, () => assert.equal(run({ ...options, rows: [...before, breakOff()] }).failed?.code, "connection-lost"));
    it(`fails when nothing more comes ${title}`, () => {
      const outcome = run({ ...options, rows: [...before, hold(), stall()] });
      assert.equal(outcome.failed?.code, "timeout");
      assert.ok(outcome.host.time.elapsed <= 32_100);
    });
  }

  it("fails when an answer until the end breaks off", () => {
    const { failed, body } = run({ rows: [expect(HEAD), send(UNTIL_END), breakOff()] });
    assert.deepEqual([failed?.code, body], ["connection-lost", "some"]);
  });

  for (const code of ["dns", "connect", "memory", "certificate", "handshake"] as const) {
    it(`fails with ${code} when there is no connection`, () => assert.equal(run({ body: PIECES, rows: [refused(code)] }).failed?.code, code));
  }
  it("fails when the handshake never ends", () => assert.equal(run({ rows: [silentHandshake()] }).failed?.code, "timeout"));

  it("fails on an answer that is not HTTP, and ends the connection", () => {
    const { failed } = run({ rows: [expect(HEAD), send("SSH-2.0-x\r\n"), ended()] });
    assert.equal(failed?.code, "http");
  });

  it("ends the connection when the sink refuses the head, and tells the answer", () => {
    const { failed, response, body } = run({ sinkFails: "head", rows: [expect(HEAD), send(OK), ended()] });
    assert.deepEqual([failed?.code, response?.status, body], ["argument", 200, ""]);
  });

  it("ends the connection when the sink takes no more", () => {
    const { failed, body } = run({ sinkFails: 2, rows: [expect(HEAD), send(OK, 1), ended()] });
    assert.deepEqual([failed?.code, body], ["card-full", "do"]);
  });

  it("fails when the sink refuses the very last byte", () => assert.equal(run({ sinkFails: 5, rows: [expect(HEAD), send(OK), ended()] }).failed?.code, "card-full"));

  for (const pieces of [0, 1, 2]) {
    it(`ends the connection when the source fails after ${pieces} pieces, without completing the request`, () => {
      const { failed, host } = run({ body: PIECES, sourceFails: pieces, rows: [...[HEAD, ...PIECES].slice(0, pieces + 1).map((text) => expect(text)), ended()] });
      assert.equal(failed?.code, "card");
      assert.equal(host.tls.connections[0]!.received, HEAD + PIECES.slice(0, pieces).join(""));
    });
  }

  // A server that has not read the body cannot have stored it: a captive portal or a proxy answers like this.
  const early: [title: string, options: Options][] = [
    ["while 100 is awaited", { expectContinue: true, rows: [expect(HEAD), send(OK), ended()] }],
    ["in the body", { rows: [hold(), expect(HEAD), wait(10), send(OK), ended()] }],
  ];
  for (const [title, options] of early) {
    it(`does not take a success for one that comes ${title}`, () => assert.equal(run({ ...options, body: PIECES }).failed?.code, "http"));
  }
});
