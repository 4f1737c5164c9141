// espruino-aws explain: a server's refusal, as it came or as it was copied from somewhere, in words. The same code as on the board.
import { createHash } from "node:crypto";
import type { Command } from "commander";
import { canonicalQuery, parseQuery } from "../src/sigv4/canonicalRequest";
import type { Hash, HashInput } from "../src/platform/ports";
import { explainAnswer } from "../src/s3/explain/answer";
import type { RequestFacts } from "../src/s3/explain/request";
import { signedBy } from "../src/s3/explain/signed";
import type { OwnSigning } from "../src/s3/explain/signature";
import { xmlText } from "../src/s3/xml";
import { type Output, readBytes } from "./cli";

interface Options {
  request?: string;
  canonical?: string;
  status?: string;
  region?: string;
  bucket?: string;
}

const sha256 = (input: HashInput) => createHash("sha256").update(Buffer.from(input as string, "latin1")).digest();
const hash: Pick<Hash, "sha256" | "sha256Hex" | "text"> = {
  sha256: (input) => new Uint8Array(sha256(input)).buffer as ArrayBuffer,
  sha256Hex: (input, target) => void target.set(Buffer.from(sha256(input).toString("hex"), "latin1")),
  text: (array) => Buffer.from(array).toString("latin1"),
};

/**
 * What `curl -v` printed, as the bytes on the wire: "> " stands before the request's lines, "< " before the answer's, "* " before curl's own,
 * "{ [" and "} [" before the counts of bytes. Other text stays as it is.
 */
export function fromCurl(text: string): { request: string; answer: string } {
  const lines = text.split(/\r?\n/);
  if (!lines.some((line) => /^< HTTP\//.test(line)) && !lines.some((line) => /^> [A-Z]+ \S+ HTTP/.test(line))) return { request: "", answer: text };
  const marked = (mark: string) => lines.filter((line) => line[0] === mark).map((line) => line.slice(2));
  const own = (line: string) => /^[<>*] |^[<>*]$|^[{}] \[|^\s*% Total|^\s*Dload|^\s*\d+ .*--:--/.test(line);
  const request = marked(">");
  const body = lines.filter((line) => !own(line)).join("\n");
  return {
    request: request.length ? request.join("\r\n").trim() + "\r\n\r\n" : "",
    // Each answer's head ends with an empty line of its own ("<").
    answer: marked("<").join("\n") + "\n" + body.replace(/^\n+/, ""),
  };
}

/** The head of a request with its query as it is signed: sorted, with "=" after every name. */
function withSignedQuery(head: string): string {
  return head.replace(/^([A-Z]+ [^ ?]*)\?([^ ]*)/, (_all, before: string, query: string) => `${before}?${canonicalQuery(parseQuery(query))}`);
}

/** The side to compare with, from a canonical request alone: date and scope are then taken to be the server's. */
function fromCanonical(canonicalRequest: string, answer: string): OwnSigning {
  const [algorithm, date, scope] = xmlText(answer, "StringToSign").split("\n");
  const stringToSign = [algorithm, date, scope, sha256(canonicalRequest).toString("hex")].join("\n");
  return { canonicalRequest, stringToSign, signature: xmlText(answer, "SignatureProvided") };
}

function explain(file: string, options: Options, output: Output): void {
  const { request: dumped, answer } = fromCurl(readBytes(file));
  const given = options.request === undefined ? dumped : readBytes(options.request);
  const head = fromCurl(given).request || given;
  const facts: RequestFacts = {};
  if (head) {
    facts.method = head.split(" ")[0]!;
    facts.head = head.replace(/\r?\n/g, "\r\n").replace(/(\r\n)*$/, "\r\n\r\n");
  }
  if (options.region) facts.region = options.region;
  if (options.bucket) facts.bucket = options.bucket;
  let ours = head ? signedBy(hash as Hash, withSignedQuery(head)) : undefined;
  // An editor ends the last line; a canonical request has no line end there.
  if (options.canonical !== undefined) ours = fromCanonical(readBytes(options.canonical).replace(/\n$/, ""), answer);
  const context = { request: facts, ...(ours ? { ours } : {}), ...(options.status ? { status: Number(options.status) } : {}) };
  for (const line of explainAnswer(answer, context)) output.line(line);
}

export function addExplain(program: Command, output: Output): void {
  program
    .command("explain")
    .description("why a server refused, and what to do: S3's XML, KMS's JSON, messages of the IoT credentials provider")
    .argument("<file>", 'the answer: its body, with its head if you have it, or what curl -v printed; "-" reads the standard input')
    .option("--request <file>", "request line and headers that were sent, to compare with what the server signed")
    .option("--canonical <file>", "the canonical request that your code made, to compare")
    .option("--status <number>", "the answer's status, where the file does not have it")
    .option("--region <region>", "the region that was signed for")
    .option("--bucket <name>", "the bucket that was asked for")
    .action((file: string, options: Options) => explain(file, options, output));
}
