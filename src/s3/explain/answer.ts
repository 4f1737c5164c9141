// The text of a server's answer, XML or JSON, as it came or as it was copied from a console, explained in lines. Pure. For the command
// line:
// a board has the parts of its failure at hand (failure.ts).
import type { Bytes } from "../../bytes/bytes";
import { find } from "../../bytes/find";
import { xmlText } from "../xml";
import { readable } from "./readable";
import { explainRefusal } from "./refusal";
import type { RequestFacts } from "./request";
import { explainRequest } from "./request";
import type { OwnSigning } from "./signature";
import { explainService, serviceError } from "./service";
import { explainSignature } from "./signature";
import type { Explanation } from "./texts";

/** What is known besides the text. */
export interface AnswerContext {
  /** The answer's status, where the text has no status line. */
  status?: number;
  request?: RequestFacts;
  /** What was signed, if this build signed it. */
  ours?: OwnSigning;
  selfTest?: "passed" | "failed";
}

/**
 * The answer in lines: status, code and message; what differs in the signature; cause and next step.
 * @param text XML, or HTTP with head, chunked or not, with CRLF or LF; a request's head may stand before it
 */
export function explainAnswer(text: Bytes, context: AnswerContext): string[] {
  const facts: RequestFacts = Object.assign({}, context.request || {});
  const told: string[] = [];
  let status = context.status || 0;
  let head: string[] = [];

  function tell(one: Explanation): void {
    told.push("cause: " + one.cause, "next:  " + one.next);
  }

  /** All of a text from the server, hidden characters shown. */
  function shown(long: Bytes): string {
    return long.length > 80 ? readable(long.substr(0, 80)) + shown(long.substr(80)) : readable(long);
  }

  function header(name: string): string {
    const line = head.filter((one) => one.toLowerCase().startsWith(name + ":"))[0];
    return line ? line.substr(name.length + 1).trim() : "";
  }

  function isSize(line: string): boolean {
    return line.length < 9 && /^[0-9a-fA-F]+$/.test(line);
  }

  /** The body out of its chunks; undefined if it is not whole chunks. S3's XML holds no CR, so the sizes hold without the CRs too. */
  function joined(body: Bytes): Bytes | undefined {
    let whole = "";
    for (let at = 0; at < body.length; ) {
      const line = body.substr(at).split("\n")[0]!;
      const size = parseInt(line, 16);
      if (!isSize(line) || (at && body[at - 1] != "\n")) return undefined;
      if (!size) break;
      whole += body.substr(at + line.length + 1, size);
      at += line.length + size + 2;
    }
    return whole;
  }

  /** The same for pieces of it: a line of a few hex digits is a size, and goes with the line ends around it. */
  function glued(body: Bytes): Bytes {
    let whole = "";
    let sized = true;
    for (const line of body.split("\n")) {
      if (!isSize(line)) whole += (sized ? "" : "\n") + line;
      sized = isSize(line);
    }
    return whole;
  }

  let rest = text.split("\r").join("");
  // One head after the other: that of the request, if it is there, 100 Continue, that of the answer.
  while (/^[A-Z]+ [^ ]+ HTTP|^HTTP/.test(rest)) {
    const end = find(rest + "\n\n", "\n\n");
    head = rest.substr(0, end).split("\n");
    rest = rest.substr(end + 2);
    const words = head[0]!.split(" ");
    if (words[0]!.startsWith("HTTP")) status = +words[1]!;
    else {
      facts.method = words[0]!;
      facts.head = head.join("\r\n") + "\r\n\r\n";
    }
  }

  const chunks = joined(rest);
  rest = chunks === undefined ? glued(rest) : chunks;

  function element(name: string): Bytes {
    return xmlText(rest, name);
  }

  const service = serviceError(rest, header("x-amzn-errortype"));
  const code = service ? service.code : element("Code"), message = service ? service.message.split("\n")[0]! : element("Message");
  const server = service || { canonicalRequest: element("CanonicalRequest"), stringToSign: element("StringToSign"), signatureProvided: element("SignatureProvided") };
  told.push((status ? status + " " : "") + (shown(code) || "without a code") + (message ? ": " + shown(message) : ""));
  if ((code == "SignatureDoesNotMatch" || (code == "InvalidSignatureException" && server.stringToSign)) && context.ours) {
    const one = explainSignature(server, context.ours, context.selfTest);
    if (one.part) told.push("first difference: " + one.part, '  S3:   "' + one.server + '"', '  here: "' + one.ours + '"');
    tell(one);
  } else if (status < 200 || status > 299 || code || !rest.trim()) {
    tell((service ? explainService : explainRefusal)({ status: status, code: code, message: message, element: element, region: header("x-amz-bucket-region"), date: header("date") }, facts));
    if (server.canonicalRequest) for (const line of (server.canonicalRequest + "\n--\n" + server.stringToSign).split("\n")) told.push("  S3 signed: " + readable(line));
  } else told.push("This is not a refusal.");
  explainRequest(facts).forEach(tell);
  const id = element("RequestId") || header("x-amz-request-id") || header("x-amzn-requestid");
  if (id) told.push("request id: " + readable(id));
  return told;
}
