// Responses for the parser: what the bytes are and what they mean.

export interface ResponseRow {
  title: string;
  method?: string;
  bytes: string;
  /** How the connection ends after the bytes: cleanly (close_notify) if true. */
  clean?: boolean;
  interim?: number[];
  status: number;
  /** Of those that are asked for: KEEP. */
  headers?: { [name: string]: string };
  body?: string;
  /** What Node's own parser does not take, and why. */
  notNode?: string;
}

export const KEEP = "etag x-note content-length content-type location";

const EVERY_BYTE = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");

/** Responses that are complete. */
export const complete: ResponseRow[] = [
  { title: "a body of a given length", bytes: "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 5\r\n\r\nhello", status: 200, headers: { etag: '"x"', "content-length": "5" }, body: "hello" },
  { title: "a body of no bytes", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200, headers: { "content-length": "0" } },
  { title: "a body of every byte", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n" + EVERY_BYTE, status: 200, headers: { "content-length": "256" }, body: EVERY_BYTE },
  { title: "a body that looks like a head", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nabc\r\n", status: 200, headers: { "content-length": "42" }, body: "HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nabc\r\n".slice(0, 42) },
  { title: "chunks", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n", status: 200, body: "hello world" },
  { title: "chunks with sizes in capitals and leading zeros", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n000A\r\n0123456789\r\n0\r\n\r\n", status: 200, body: "0123456789" },
  { title: "chunks with extensions", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;name=value;other=\"a;b\"\r\nabc\r\n0;last\r\n\r\n", status: 200, body: "abc" },
  { title: "chunks with trailers, which are not headers", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: etag\r\n\r\n3\r\nabc\r\n0\r\nETag: \"late\"\r\nX-Other: 1\r\n\r\n", status: 200, body: "abc" },
  { title: "chunks that hold line ends and chunk heads", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n0\r\n\r\n5\r\nx\r\n0\r\n\r\n", status: 200, body: "0\r\n\r\n5\r\nx" },
  { title: "chunks without data", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", status: 200 },
  { title: "a body until the end", bytes: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall there is", clean: true, status: 200, body: "all there is" },
  { title: "a body until the end, of no bytes", bytes: "HTTP/1.1 200 OK\r\n\r\n", clean: true, status: 200 },
  { title: "HTTP/1.0", bytes: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", status: 200, headers: { "content-length": "2" }, body: "ok" },
  { title: "no reason phrase", bytes: "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", status: 200, headers: { "content-length": "0" } },
  { title: "an empty reason phrase", bytes: "HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n", status: 503, headers: { "content-length": "0" } },
  { title: "a reason phrase of several words", bytes: "HTTP/1.1 416 Requested Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n", status: 416, headers: { "content-length": "0" } },
  { title: "an answer to HEAD, whose length speaks of another body", method: "HEAD", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n", status: 200, headers: { "content-length": "1048576" } },
  { title: "a chunked answer to HEAD", method: "HEAD", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", status: 200 },
  { title: "a refusal of HEAD", method: "HEAD", bytes: "HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\n\r\n", status: 403, headers: { "content-type": "application/xml" } },
  { title: "204, which has no body", method: "DELETE", bytes: "HTTP/1.1 204 No Content\r\nETag: a\r\n\r\n", status: 204, headers: { etag: "a" } },
  { title: "304, whose length speaks of another body", bytes: "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 99\r\n\r\n", status: 304, headers: { etag: '"x"', "content-length": "99" } },
  { title: "100 before the answer", method: "PUT", bytes: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", interim: [100], status: 200, headers: { "content-length": "2" }, body: "ok" },
  { title: "several interim answers with headers", bytes: "HTTP/1.1 102 Processing\r\nX-Note: not kept\r\nContent-Length: 5\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!", interim: [102, 103], status: 200, headers: { "content-length": "1" }, body: "!" },
  { title: "headers of any letter case", bytes: "HTTP/1.1 200 OK\r\neTAG: A\r\nCONTENT-LENGTH: 1\r\n\r\n!", status: 200, headers: { etag: "A", "content-length": "1" }, body: "!" },
  { title: "headers without and with much white space", bytes: "HTTP/1.1 200 OK\r\nETag:a\r\nX-Note: \t  b  c \t \r\nContent-Length:  1\r\n\r\n!", status: 200, headers: { etag: "a", "x-note": "b  c", "content-length": "1" }, body: "!" },
  { title: "a header whose value holds colons", bytes: "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://h:8443/a?b=c:d\r\nContent-Length: 0\r\n\r\n", status: 307, headers: { location: "https://h:8443/a?b=c:d", "content-length": "0" } },
  { title: "an empty header", bytes: "HTTP/1.1 200 OK\r\nETag:\r\nContent-Length: 0\r\n\r\n", status: 200, headers: { etag: "", "content-length": "0" } },
  { title: "a header given twice", bytes: "HTTP/1.1 200 OK\r\nX-Note: a\r\nX-Note: b\r\nContent-Length: 0\r\n\r\n", status: 200, headers: { "x-note": "a, b", "content-length": "0" } },
  { title: "a header folded over two lines", bytes: "HTTP/1.1 200 OK\r\nX-Note: a\r\n  b\r\n\tc\r\nContent-Length: 0\r\n\r\n", status: 200, headers: { "x-note": "a b c", "content-length": "0" }, notNode: "it refuses folded lines" },
  { title: "a folded header that nobody asked for", bytes: "HTTP/1.1 200 OK\r\nServer: a\r\n b\r\nETag: e\r\nContent-Length: 0\r\n\r\n", status: 200, headers: { etag: "e", "content-length": "0" }, notNode: "it refuses folded lines" },
  { title: "bytes of UTF-8 in a header", bytes: "HTTP/1.1 200 OK\r\nX-Note: \xc3\xa4\r\nContent-Length: 0\r\n\r\n", status: 200, headers: { "x-note": "\xc3\xa4", "content-length": "0" } },
  { title: "names that every object of the language has", bytes: "HTTP/1.1 200 OK\r\nconstructor: x\r\n__proto__: y\r\ntoString: z\r\nContent-Length: 0\r\n\r\n", status: 200, headers: { "content-length": "0" } },
  { title: "lines that end with LF alone", bytes: "HTTP/1.1 200 OK\nETag: a\nContent-Length: 2\n\nok", status: 200, headers: { etag: "a", "content-length": "2" }, body: "ok", notNode: "it wants CR" },
  { title: "empty lines before the status line", bytes: "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200, headers: { "content-length": "0" } },
  { title: "the same Content-Length twice", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n!", status: 200, headers: { "content-length": "1, 1" }, body: "!", notNode: "it refuses that" },
  { title: "both chunks and a length: the chunks count", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n!\r\n0\r\n\r\n", status: 200, headers: { "content-length": "99" }, body: "!", notNode: "it refuses that" },
  { title: "more bytes than the response: they are not its", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n", status: 200, headers: { "content-length": "2" }, body: "ok" },
  { title: "a head just below the limit", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Long: " + "x".repeat(8192 - 17 - 19 - 10 - 2) + "\r\n\r\n", status: 200, headers: { "content-length": "0" } },
];

export interface BrokenRow {
  title: string;
  method?: string;
  bytes: string;
  message: RegExp;
  /** The head was told before. */
  status?: number;
}

const LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: ";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/** Bytes that no response begins with, or that contradict themselves. */
export const broken: BrokenRow[] = [
  { title: "another protocol", bytes: "SSH-2.0-OpenSSH_9.6\r\n", message: /not HTTP\/1\.1: SSH-2\.0/ },
  { title: "HTTP/2", bytes: "HTTP/2 200\r\n\r\n", message: /not HTTP\/1\.1/ },
  { title: "a status of two digits", bytes: "HTTP/1.1 20 OK\r\n\r\n", message: /not HTTP/ },
  { title: "a status of four digits", bytes: "HTTP/1.1 2000 OK\r\n\r\n", message: /not HTTP/ },
  { title: "a status below 100", bytes: "HTTP/1.1 099 OK\r\n\r\n", message: /not HTTP/ },
  { title: "a page without a head", bytes: "<html>login</html>\r\n", message: /not HTTP.*<html>/ },
  { title: "a switch of protocols", bytes: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", message: /101/ },
  { title: "a header without a colon", bytes: "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", message: /Not a header line: nonsense/ },
  { title: "a header without a name", bytes: "HTTP/1.1 200 OK\r\n: x\r\n\r\n", message: /Not a header line/ },
  { title: "a space between name and colon", bytes: "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", message: /Not a header line/ },
  { title: "a length that is no number", bytes: LENGTH + "ten\r\n\r\n", message: /not a number: ten/ },
  { title: "a negative length", bytes: LENGTH + "-1\r\n\r\n", message: /not a number/ },
  { title: "a length in hex", bytes: LENGTH + "0x10\r\n\r\n", message: /not a number/ },
  { title: "an empty length", bytes: LENGTH + "\r\n\r\n", message: /not a number/ },
  { title: "a length beyond what counts exactly", bytes: LENGTH + "9".repeat(16) + "\r\n\r\n", message: /not a number/ },
  { title: "two lengths that differ", bytes: LENGTH + "1\r\nContent-Length: 2\r\n\r\nab", message: /not a number/ },
  { title: "two lengths in one", bytes: LENGTH + "1, 1\r\n\r\na", message: /not a number/ },
  { title: "another transfer encoding", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", message: /not understood: gzip/ },
  { title: "a transfer encoding under the chunks", bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", message: /not understood: gzip/ },
  { title: "a chunk size that is no number", status: 200, bytes: CHUNKED + "x\r\n", message: /chunk size/ },
  { title: "an empty chunk size", status: 200, bytes: CHUNKED + "\r\n", message: /chunk size/ },
  { title: "a chunk size beyond 32 bits", status: 200, bytes: CHUNKED + "fffffffff\r\n", message: /chunk size/ },
  { title: "a negative chunk size", status: 200, bytes: CHUNKED + "-1\r\n", message: /chunk size/ },
  { title: "a chunk that is longer than its size", status: 200, bytes: CHUNKED + "2\r\nabc\r\n0\r\n\r\n", message: /longer than its size/ },
  { title: "one line beyond the limit", bytes: "HTTP/1.1 200 OK\r\nX: " + "x".repeat(8192), message: /longer than 8192/ },
  { title: "many lines beyond the limit", bytes: "HTTP/1.1 200 OK\r\n" + "X-Header: value\r\n".repeat(500) + "\r\n", message: /longer than 8192/ },
  { title: "a status line without end", bytes: "H".repeat(9000), message: /longer than 8192/ },
  { title: "trailers beyond the limit", status: 200, bytes: CHUNKED + "0\r\n" + "X-Trailer: value\r\n".repeat(500), message: /longer than 8192/ },
  { title: "empty lines without end", bytes: "\r\n".repeat(5000), message: /longer than 8192/ },
];
