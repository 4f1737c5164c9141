// Incremental parser of HTTP/1.1 responses (RFC 9112 sections 4 to 7). It never sees a socket: feed it any slices.
import type { Bytes } from "../bytes/bytes";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";

/** Status and those headers that were asked for, names in lower case. */
export interface Response {
  status: number;
  headers: { [name: string]: Bytes };
}

/** What the parser tells, in this order: interim*, head, body*, then exactly one of end and failed. */
export interface ResponseEvents {
  /** An interim answer such as 100. */
  interim?(status: number): void;
  head(response: Response): void;
  body(bytes: Bytes): void;
  end(): void;
  /** Code http: not HTTP, or it ended before it was complete. */
  failed(failure: Failure): void;
}

export interface ResponseParser {
  /** Takes the next bytes, as many as came. What follows a complete response is ignored. */
  feed(bytes: Bytes): void;
  /** The connection is over; `clean` if the peer ended it properly (then a body without length is complete). */
  close(clean: boolean): void;
}

/** The most that status line, headers and trailers may take, bytes each. */
const HEAD_LIMIT = 8192;

/** The longest copy made of a refusal's body. */
const PIECE = 512;

const LINE = 0, LENGTH = 1, CLOSE = 2, DONE = 3;

/**
 * A parser for one response to `method`. `keep` lists the headers to keep, in lower case, joined by spaces ("x-amz-meta-" stands
 * for all that begin so); content-length and transfer-encoding are followed whether kept or not.
 */
export function createResponseParser(method: string, keep: string, events: ResponseEvents): ResponseParser {
  let state = LINE;
  let line = "";
  let complete: Bytes | undefined;
  let headBytes = 0;
  let response: Response | undefined;
  let status = 0;
  let length = -1;
  let chunked = false;
  let lastName = "";
  /** What the next line is: 0 status, 1 header, 2 chunk size, 3 end of a chunk, 4 trailer. */
  let expect = 0;
  let left = 0;

  function fail(what: string): void {
    if (state == DONE) return;
    state = DONE;
    events.failed(failure("http", what, "Is this address an S3 or AWS endpoint? A proxy or captive portal answers like this."));
  }

  function done(): void {
    state = DONE;
    events.end();
  }

  function headDone(): void {
    if (status < 200) {
      expect = headBytes = 0;
      length = -1;
      chunked = false;
      if (status == 101) fail("The server wants to switch protocols (101)");
      else if (events.interim) events.interim(status);
      return;
    }
    events.head(response!);
    if (state == DONE) return;
    if (method == "HEAD" || status == 204 || status == 304) done();
    else if (chunked) expect = 2;
    else if (length == 0) done();
    else if (length > 0) {
      state = LENGTH;
      left = length;
    } else state = CLOSE;
  }

  function contentLength(value: Bytes): void {
    const number = /^[0-9]+$/.test(value) && value.length < 16 ? parseInt(value, 10) : -1;
    if (number < 0 || (length >= 0 && length != number)) fail("Content-Length is not a number: " + value.substr(0, 40));
    length = number;
  }

  function header(text: Bytes): void {
    if (text[0] == " " || text[0] == "\t") {
      if (lastName in response!.headers) response!.headers[lastName] += " " + text.trim();
      return;
    }
    const at = text.indexOf(":");
    if (at < 1 || text[at - 1] == " " || text[at - 1] == "\t") return fail("Not a header line: " + text.substr(0, 40));
    const name = text.substr(0, at).toLowerCase();
    const value = text.substr(at + 1).trim();
    lastName = name;
    if (name == "content-length") contentLength(value);
    else if (name == "transfer-encoding") {
      chunked = value.toLowerCase() == "chunked";
      if (!chunked) fail("Transfer-Encoding is not understood: " + value.substr(0, 40));
    }
    const kept = response!.headers;
    const wanted = keep.split(" ");
    // Eleven characters are "x-amz-meta-": asked for so, all user metadata is kept.
    if (wanted.indexOf(name) >= 0 || wanted.indexOf(name.substr(0, 11)) >= 0) kept[name] = name in kept ? kept[name] + ", " + value : value;
  }

  function statusLine(text: Bytes): void {
    const code = text.substr(9, 3);
    status = /^[1-9][0-9][0-9]$/.test(code) ? parseInt(code, 10) : 0;
    if (!text.startsWith("HTTP/1.") || text[8] != " " || !status || (text.length > 12 && text[12] != " ")) {
      return fail("The answer is not HTTP/1.1: " + text.substr(0, 40));
    }
    response = { status: status, headers: {} };
    expect = 1;
  }

  function chunkSize(text: Bytes): void {
    const hex = text.split(";")[0]!.trim();
    if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length > 8) return fail("A chunk size is not a number: " + hex.substr(0, 40));
    left = parseInt(hex, 16);
    headBytes = 0;
    if (left) state = LENGTH;
    else expect = 4;
  }

  function takeLine(text: Bytes): void {
    if (expect == 0) {
      if (text != "") statusLine(text);
    } else if (expect == 1) {
      if (text == "") headDone();
      else header(text);
    } else if (expect == 2) chunkSize(text);
    else if (expect == 3) {
      if (text != "") fail("A chunk is longer than its size says");
      expect = 2;
    } else if (text == "") done();
  }

  /** Takes one line, or what there is of it, from `bytes` at `at`; returns where it ended. A whole line is left in `complete`. */
  function feedLine(bytes: Bytes, at: number): number {
    const end = bytes.indexOf("\n", at);
    const stop = end < 0 ? bytes.length : end;
    headBytes += stop - at + (end < 0 ? 0 : 1);
    if (headBytes > HEAD_LIMIT) {
      fail("The head of the answer is longer than " + HEAD_LIMIT + " bytes");
      return bytes.length;
    }
    line += bytes.substr(at, stop - at);
    if (end < 0) return bytes.length;
    complete = line[line.length - 1] == "\r" ? line.substr(0, line.length - 1) : line;
    line = "";
    return end + 1;
  }

  return {
    feed: function (bytes) {
      // The way of nearly all bytes: few words, because each is read anew from flash.
      if (state == LENGTH && bytes.length < left) {
        left -= bytes.length;
        return events.body(bytes);
      }
      let at = 0;
      while (at < bytes.length && state != DONE) {
        if (state == LINE) {
          complete = undefined;
          at = feedLine(bytes, at);
          // One call after the other instead of one inside the other: the stack is small.
          if (complete !== undefined) takeLine(complete);
        } else {
          const rest = bytes.length - at;
          let take = state == CLOSE || rest < left ? rest : left;
          // What came with the head must be copied: in pieces, because all of it and its copy may not fit beside a TLS link.
          if (at && take > PIECE) take = PIECE;
          left -= take;
          events.body(at || take < rest ? bytes.substr(at, take) : bytes);
          at += take;
          if (state == LENGTH && left == 0) {
            if (chunked) {
              state = LINE;
              expect = 3;
            } else done();
          }
        }
      }
    },
    close: function (clean) {
      if (state == DONE) return;
      if (state == CLOSE && clean) done();
      else {
        fail(
          status < 200 ? "The server closed the connection without an answer"
          : state == LENGTH && !chunked ? "The answer ended " + left + " bytes early"
          : "The answer ended early",
        );
      }
    },
  };
}
