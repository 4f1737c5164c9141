// What a user sees at the REPL when S3 refuses, line by line: the failure, and device.why().
import assert from "node:assert/strict";
import type { Desk } from "../../sim/desk";
import { closeDesks, deskWithLog, failure } from "./desks";

const SECRET = "s".repeat(40);
const MISMATCH = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
const REDIRECT = "The bucket you are attempting to access must be addressed using the specified endpoint.";
const TOLD = 'User: arn:aws:iam::111122223333:user/device is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::device-logs/log.txt" because no identity-based policy allows the s3:PutObject action';
const TOKEN_KEYS = "device.configure({credentials:{...}}): accessKeyId, secretAccessKey and token together.";
const session = (one: Desk, change: object) => one.command(`device.configure({credentials:${JSON.stringify({ ...one.cloud.sessionCredentials, ...change })}})`);

interface Case {
  what: string;
  prepare(one: Desk): unknown;
  command?: string;
  /** S3's words: status, code and message. */
  said: string;
  cause: string;
  next: string;
  more?: string[];
  /** Lines before the failure. */
  before?: RegExp[];
}

const CASES: Case[] = [
  {
    what: "a wrong secret", prepare: (one) => one.command(`device.configure({credentials:{secretAccessKey:"${SECRET}"}})`),
    said: "403 SignatureDoesNotMatch, " + MISMATCH, cause: "Nothing differs, the self test passed: the secret is wrong.",
    next: "Copy secretAccessKey again: whole, no space or line end.", more: ["S3 signed the same lines; self test passed"],
  },
  {
    what: "a secret that lost its last character", prepare: (one) => one.command(`device.configure({credentials:{secretAccessKey:"${SECRET.slice(1)}"}})`),
    said: "403 SignatureDoesNotMatch, " + MISMATCH, cause: "Nothing differs, the self test passed: the secret is wrong.",
    next: "Copy secretAccessKey again: whole, no space or line end.", more: ["S3 signed the same lines; self test passed", "secretAccessKey has 39 characters, AWS's have 40"],
  },
  {
    what: "a wrong secret with a session token", prepare: (one) => session(one, { secretAccessKey: SECRET }),
    said: "403 SignatureDoesNotMatch, " + MISMATCH, cause: "Nothing differs, the self test passed: the secret is wrong.",
    next: "Copy secretAccessKey again: whole, no space or line end.", more: ["S3 signed the same lines; self test passed"],
  },
  {
    what: "a header that a proxy changed",
    prepare: (one) => one.cloud.s3.faults.next({ kind: "answer", status: 403, code: "SignatureDoesNotMatch", message: "no match", details: { StringToSign: "AWS4-HMAC-SHA256\n1\n2\n3", CanonicalRequest: "GET\n/device-logs/a.bin\n\nhost:proxy.example\nx\n" } }),
    command: 'device.get("a.bin")', said: "403 SignatureDoesNotMatch, no match", cause: "The host signed is not the one sent.",
    next: "Connect to, send and sign one name, with its port unless 443.",
    more: ["first difference: header host", '  S3:   "host:proxy.example"', '  here: "host:127.0.0.1:PORT"'],
  },
  {
    what: "an unknown key", prepare: (one) => one.command('device.configure({credentials:{accessKeyId:"AKIANOSUCHKEY0000000"}})'),
    said: "403 InvalidAccessKeyId, The AWS Access Key Id you provided does not exist in our records.",
    cause: "AWS does not know key AKIANOSUCHKEY0000000: mistyped or deleted.", next: TOKEN_KEYS,
  },
  {
    what: "a token of another key", prepare: (one) => session(one, { sessionToken: "bogus" }),
    said: "400 InvalidToken, The provided token is malformed or otherwise invalid.", cause: "The session token is expired, cut, or of another key.", next: TOKEN_KEYS,
  },
  {
    what: "an expired token",
    prepare: (one) => (one.cloud.accessKeys.get(one.cloud.sessionCredentials.accessKeyId)!.expires = Date.now() - 1000, session(one, {})),
    said: "400 ExpiredToken, The provided token has expired.", cause: "The session token is expired, cut, or of another key.", next: TOKEN_KEYS,
  },
  {
    what: "a region that cannot be followed",
    prepare: (one) => one.cloud.s3.faults.next({ kind: "answer", status: 301, code: "PermanentRedirect", message: REDIRECT, details: { Endpoint: "device-logs.s3.us-west-2.amazonaws.com" } }),
    said: "301 PermanentRedirect, " + REDIRECT, cause: "The region is us-west-2, not eu-central-1.", next: 'device.configure({s3:{region:"us-west-2"}})',
  },
  {
    what: "a clock that is off after it was mended",
    prepare: (one) => one.cloud.s3.faults.next({ kind: "answer", code: "RequestTimeTooSkewed", details: { RequestTime: "20300310T093003Z", ServerTime: "2030-03-10T11:30:03Z" } }, { times: 2 }),
    before: [/^ {2}the clock is mended by the server's date, /],
    said: "403 RequestTimeTooSkewed, The difference between the request time and the current time is too large.",
    cause: "The clock is 2 hours behind, like local time: it must be UTC.", next: "device.syncTime()",
  },
  {
    what: "a policy", prepare: (one) => one.cloud.policy.deny("s3:PutObject"),
    said: "403 AccessDenied, Access Denied", cause: "No policy allows s3:PutObject.",
    next: "Allow s3:PutObject on arn:aws:s3:::device-logs/*; check the key's spelling, and KMS rights.",
  },
  {
    what: "a policy, where AWS tells who may not do what", prepare: (one) => (one.cloud.policy.deny("s3:PutObject"), (one.cloud.policy.explains = true)),
    said: "403 AccessDenied, " + TOLD, cause: "arn:aws:iam::111122223333:user/device may not: no identity-based policy allows the s3:PutObject action.",
    next: "Allow s3:PutObject on arn:aws:s3:::device-logs/log.txt; check the key's spelling, and KMS rights.",
  },
  {
    what: "another owner than expected", prepare: (one) => one.command('device.configure({s3:{expectedOwner:"999999999999"}})'),
    said: "403 AccessDenied, Access Denied", cause: "No policy allows s3:PutObject, or the bucket is not of account 999999999999 (s3.expectedOwner).",
    next: "Allow s3:PutObject on arn:aws:s3:::device-logs/*; check the key's spelling, and KMS rights.",
  },
  {
    what: "an object that is missing, without the right to list", prepare: (one) => one.cloud.policy.deny("s3:ListBucket"), command: 'device.get("a.bin")',
    said: "403 AccessDenied, Access Denied", cause: "a.bin is missing, or policy or ACL forbids it: S3 hides which without s3:ListBucket.",
    next: "Allow s3:GetObject on arn:aws:s3:::device-logs/*; check the key's spelling, and KMS rights.",
  },
  {
    what: "a missing bucket", prepare: (one) => one.command('device.configure({s3:{bucket:"no-such-bucket"}})'),
    said: "404 NoSuchBucket, The specified bucket does not exist", cause: "There is no bucket no-such-bucket.", next: "Check s3.bucket, s3.endpoint.",
  },
  {
    what: "an answer without a reason", prepare: (one) => one.cloud.s3.faults.next({ kind: "answer", status: 403, code: "", body: "" }),
    said: "403", cause: "No reason came (HEAD has no body): key, signature, clock or policy.", next: "device.get() gets the reason.",
  },
];

describe("a refusal at the REPL", function () {
  this.timeout(60000);
  afterEach(() => closeDesks((one) => [SECRET.slice(1), one.cloud.sessionCredentials.sessionToken.slice(8, 40)]));

  const desk = async () => (await deskWithLog(14000)).one;

  /** Lines printed by `command`, and what it rejects with. */
  async function failing(one: Desk, command: string): Promise<{ lines: string[]; failed: any }> {
    const from = one.board.output.length;
    const failed = await failure(one, command);
    return { lines: one.board.output.slice(from), failed };
  }

  for (const { what, prepare, command = 'device.put("log.txt")', said, cause, next, more = [], before = [] } of CASES) {
    it(`tells ${what}`, async () => {
      const one = await desk();
      await prepare(one);
      const { lines, failed } = await failing(one, command);
      before.forEach((line, i) => assert.match(lines[i]!, line));
      const [, name, path] = /device\.(\w+)\("([^"]+)"/.exec(command)!;
      const message = `S3 refused ${name!.toUpperCase()} ${path}: ${said}`;
      assert.deepEqual(lines.slice(before.length), [`${name} ${path} failed: ${message}`, `  ${cause} ${next}`]);
      assert.equal(failed.hint, `${cause} ${next}`);
      assert.equal(failed.evidence, undefined);
      const from = one.board.output.length;
      assert.equal((await one.command("device.why()")).hint, failed.hint);
      const code = said.split(/[ ,]/)[1];
      assert.deepEqual(one.board.output.slice(from), [
        "code s3: " + message, "the server said " + said.slice(0, 3) + (code ? " " + code : " without a code"), "request id " + failed.cause.requestId,
        "cause: " + cause, "next:  " + next, ...more.map((line) => line.replace("PORT", String(one.cloud.s3.port))),
      ]);
    });
  }

  it("never gets as far with a secret that has a space or line end at its edges, or a temporary key without token", async () => {
    const one = await desk();
    for (const secret of [SECRET + " ", SECRET + "\n", "\t" + SECRET]) {
      const { lines } = await failing(one, `device.configure({credentials:{secretAccessKey:${JSON.stringify(secret)}}})`);
      assert.match(lines[0]!, /^configure failed: credentials\.secretAccessKey: found a text, should be a text without a space or line end before or after it/);
    }
    const { lines } = await failing(one, 'device.configure({credentials:{accessKeyId:"ASIAIOSFODNN7EXAMPLE"}})');
    assert.match(lines[0]!, /^configure failed: credentials\.sessionToken: missing/);
  });

  it("with only the image in flash it has its short hint, and why() says what is not there", async () => {
    const one = await desk();
    for (const module of ["explain", "info"]) await one.command(`require("Storage").erase("${module}")`);
    one.cloud.policy.deny("s3:PutObject");
    const { lines, failed } = await failing(one, 'device.put("log.txt")');
    assert.deepEqual(lines, ["put log.txt failed: S3 refused PUT log.txt: 403 AccessDenied, Access Denied", "  Does the key's policy allow this? Is the key right?"]);
    assert.equal(failed.evidence, undefined);
    assert.match((await failing(one, "device.why()")).lines[0]!, /^why failed: The module info is not in flash/);
  });

  it("is explained while the transfer still counts as going on, and the next one may follow", async () => {
    const one = await desk();
    one.cloud.policy.deny("s3:PutObject");
    await failing(one, 'device.put("log.txt")');
    one.cloud.policy.allow();
    assert.equal((await one.command('device.put("log.txt")')).size, 14000);
  });

  it("why() after a start has nothing to tell, and other failures have their hint", async () => {
    const one = await desk();
    await one.command("device.why()");
    assert.equal(one.board.output.at(-1), "Nothing has failed since the start.");
    const { failed } = await failing(one, 'device.put("no.txt")');
    await one.command("device.why()");
    assert.deepEqual(one.board.output.slice(-2), ["code file-missing: " + failed.message, "next:  " + failed.hint]);
  });

  it("selfTest() passes on the board and names a clock that was never set", async () => {
    const one = await desk();
    const result = await one.command("device.selfTest()");
    assert.deepEqual([result.passed.length, ...result.failed], [11]);
    assert.deepEqual([one.board.output.at(-12), one.board.output.at(-1)], ["ok     SHA-256", "TLS trust: not checked, this interpreter takes any certificate for the server's"]);
    assert.deepEqual([result.trust, result.serverName], ["not checked", "not checked"]);
    one.board.powerCycle();
    assert.deepEqual([...(await one.command("device.selfTest()")).failed], ["clock"]);
  });
});
