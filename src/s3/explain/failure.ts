// A refused request on a board: its failure gets the precise next step, and its story in lines.
import { find } from "../../bytes/find";
import type { Bytes } from "../../bytes/bytes";
import { toUtf8 } from "../../bytes/utf8";
import type { Failure } from "../../flow/failure";
import type { Platform } from "../../platform/ports";
import { signsRight } from "../../sigv4/knownAnswers";
import type { Evidence } from "../refusal";
import { xmlText } from "../xml";
import { explainRefusal } from "./refusal";
import { signedBy } from "./signed";
import { explainSignature } from "./signature";
import type { Explanation } from "./texts";

/** AWS makes secrets of 40 characters. */
const SECRET_LENGTH = 40;

/** Sets `hint` and `story` of a failure that carries evidence. Never shows a secret or a token. */
export function explainFailure(platform: Platform, failed: Failure): void {
  const evidence = failed.evidence!() as Evidence;
  const answer = failed.cause!;
  const { access, head, body } = evidence;
  const credentials = access.credentials;
  const story: string[] = [];

  function element(name: string): Bytes {
    return xmlText(body, name);
  }

  function signature(): Explanation {
    const ours = signedBy(platform.hash, head, access.key!.ready);
    if (!ours) return refused();
    const server = { canonicalRequest: element("CanonicalRequest"), stringToSign: element("StringToSign"), signatureProvided: element("SignatureProvided") };
    const right = signsRight(platform.hash);
    const found = explainSignature(server, ours, right ? "passed" : "failed");
    if (found.part) story.push("first difference: " + found.part, '  S3:   "' + found.server + '"', '  here: "' + found.ours + '"');
    else if (server.stringToSign) {
      story.push("S3 signed the same lines; self test " + (right ? "passed" : "failed"));
      const length = credentials.secretAccessKey.length;
      if (length != SECRET_LENGTH) story.push("secretAccessKey has " + length + " characters, AWS's have " + SECRET_LENGTH);
    }
    if (!found.part && right && access.refresh) found.next = "Try again: AWS IoT gives another key.";
    return found;
  }

  function refused(): Explanation {
    return explainRefusal(
      { status: answer.status, code: answer.code, message: answer.message, element: element, region: answer.region, date: answer.date },
      {
        method: head.substr(0, head.indexOf(" ")), bucket: access.settings.bucket, region: access.region, key: toUtf8(evidence.key),
        accessKeyId: credentials.accessKeyId, token: !!credentials.sessionToken, fetched: !!access.refresh, utc: platform.clock.now(), owner: access.expectedOwner || "",
      },
    );
  }

  const told = answer.code == "SignatureDoesNotMatch" ? signature() : refused();
  // How the transfer can go on holds as before.
  if (failed.goOn) story.push("then: " + failed.goOn.substr(1));
  failed.hint = told.cause + " " + told.next + (failed.goOn || "");
  failed.story = ["cause: " + told.cause, "next:  " + told.next].concat(story);
}
