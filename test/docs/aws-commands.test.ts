// The AWS commands of the guides, pasted into a shell whose `aws` notes what it is told: order, files, names and options.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkSettings } from "../../src/device/settings/check";
import { blocks, guides, ROOT } from "./pages";

/** Every command that the guides use, with the options that AWS wants, and those it also takes (AWS CLI 2 command reference). */
const COMMANDS: Record<string, [needed: string[], more: string[]]> = {
  "sts get-caller-identity": [[], []],
  "kms create-key": [[], ["--policy", "--description"]],
  "kms create-alias": [["--alias-name", "--target-key-id"], []],
  "kms enable-key-rotation": [["--key-id"], []],
  "s3api create-bucket": [["--bucket"], ["--create-bucket-configuration"]],
  "s3api put-public-access-block": [["--bucket", "--public-access-block-configuration"], []],
  "s3api put-bucket-encryption": [["--bucket", "--server-side-encryption-configuration"], []],
  "s3api put-bucket-policy": [["--bucket", "--policy"], []],
  "s3api put-bucket-lifecycle-configuration": [["--bucket", "--lifecycle-configuration"], []],
  "iam create-role": [["--role-name", "--assume-role-policy-document"], []],
  "iam put-role-policy": [["--role-name", "--policy-name", "--policy-document"], []],
  "iam create-user": [["--user-name"], []],
  "iam put-user-policy": [["--user-name", "--policy-name", "--policy-document"], []],
  "iam create-access-key": [[], ["--user-name"]],
  "iot create-role-alias": [["--role-alias", "--role-arn"], ["--credential-duration-seconds"]],
  "iot create-policy": [["--policy-name", "--policy-document"], []],
  "iot create-thing": [["--thing-name"], []],
  "iot create-keys-and-certificate": [[], ["--set-as-active", "--certificate-pem-outfile", "--private-key-outfile"]],
  "iot attach-policy": [["--policy-name", "--target"], []],
  "iot attach-thing-principal": [["--thing-name", "--principal"], []],
  "iot describe-endpoint": [[], ["--endpoint-type"]],
  "iot update-certificate": [["--certificate-id", "--new-status"], []],
};

const ACCOUNT = "999988887777", KEY = "aaaabbbb-0000-1111-2222-ccccddddeeee";

/** Stands in for aws and for what talks to boards: notes its words, refuses a file that is not there or empty, answers what is asked for. */
const STAND_IN = `#!/bin/bash
name=$(basename "$0")
printf '%s' "$name" >> "$LOG"; for word in "$@"; do printf '\\t%s' "$word" >> "$LOG"; done; printf '\\n' >> "$LOG"
previous=
for word in "$@"; do
  case "$word" in file://*) [ -s "\${word#file://}" ] || { echo "no $word" >&2; exit 9; };; esac
  case "$previous" in --certificate-pem-outfile|--private-key-outfile) echo PEM > "$word" || exit 9;; esac
  previous=$word
done
case "$1 $2" in
  "sts get-caller-identity") echo ${ACCOUNT};;
  "kms create-key") echo ${KEY};;
  "iot create-keys-and-certificate") echo arn:aws:iot:eu-west-1:${ACCOUNT}:cert/0123abcd;;
  "iot describe-endpoint") [ "$4" = iot:Data-ATS ] && echo zzz-ats.iot.eu-west-1.amazonaws.com || echo yyy.credentials.iot.eu-west-1.amazonaws.com;;
esac
exit 0
`;

/** Runs the shell blocks of a page in a copy of what they need; gives the directory and what was called. */
function paste(page: string, before = ""): { directory: string; calls: string[][] } {
  const directory = mkdtempSync(join(tmpdir(), "aws-"));
  for (const folder of ["firmware", "certs"]) cpSync(join(ROOT, folder), join(directory, folder), { recursive: true });
  mkdirSync(join(directory, "bin"));
  for (const name of ["aws", "curl", "npx"]) writeFileSync(join(directory, "bin", name), STAND_IN, { mode: 0o755 });
  const script = blocks(page).filter(({ language }) => language === "sh").map(({ text }) => text).join("\n");
  assert.ok(script.length > 200, page);
  const typed = before + script.replace(/eu-central-1 THING=board-17 BUCKET=my-device-logs-4711/, "eu-west-1 THING=shed BUCKET=logs-of-shed");
  execFileSync("bash", ["-eu", "-o", "pipefail", "-c", typed], { cwd: directory, env: { ...process.env, PATH: `${directory}/bin:${process.env["PATH"]}`, LOG: `${directory}/log`, KEY: "" }, input: "\n\n\n" });
  return { directory, calls: readFileSync(`${directory}/log`, "utf8").trim().split("\n").map((line) => line.split("\t")) };
}

/** The options of a call, and fails if one is not known or missing. */
function checkCall([, service, command, ...words]: string[]): void {
  const of = COMMANDS[`${service} ${command}`];
  assert.ok(of, `aws ${service} ${command} is not known`);
  const given = words.filter((word) => word.startsWith("--") && !["--query", "--output"].includes(word));
  for (const option of given) assert.ok([...of[0], ...of[1]].includes(option), `aws ${service} ${command} has no ${option}`);
  for (const option of of[0]) assert.ok(given.includes(option), `aws ${service} ${command} wants ${option}`);
}

describe("AWS commands of the guides, pasted", function () {
  this.timeout(30_000);
  const made: string[] = [];
  before(function () {
    if (process.platform === "win32") this.skip();
  });
  after(() => made.forEach((directory) => rmSync(directory, { recursive: true, force: true })));
  const value = (call: string[], option: string) => call[call.indexOf(option) + 1]!;

  it("those of firmware/README.md make everything in an order that works, with one's own names", () => {
    const { directory, calls } = paste("firmware/README.md");
    made.push(directory);
    const aws = calls.filter(([name]) => name === "aws");
    aws.forEach(checkCall);
    const of = (command: string) => aws.find((call) => `${call[1]} ${call[2]}` === command)!;
    assert.deepEqual(Object.keys(COMMANDS).filter((command) => !of(command)), []);
    const mine = join(directory, "certs/shed");
    for (const name of readdirSync(join(directory, "firmware/aws"))) {
      const text = readFileSync(join(mine, name), "utf8");
      JSON.parse(text);
      assert.doesNotMatch(text, /eu-central-1|111122223333|my-device-logs|board-17|1234abcd/, name);
    }
    assert.ok(readFileSync(join(mine, "role-policy.json"), "utf8").includes(`arn:aws:kms:eu-west-1:${ACCOUNT}:key/${KEY}`));
    // Names that two of them must have in common.
    assert.ok(readFileSync(join(mine, "iot-policy.json"), "utf8").includes(`:rolealias/${value(of("iot create-role-alias"), "--role-alias")}"`));
    assert.equal(value(of("iot create-role-alias"), "--role-arn"), `arn:aws:iam::${ACCOUNT}:role/${value(of("iam create-role"), "--role-name")}`);
    assert.equal(value(of("iot attach-policy"), "--policy-name"), value(of("iot create-policy"), "--policy-name"));
    assert.ok(of("iot create-keys-and-certificate").includes("--set-as-active"));
    assert.equal(value(of("iot update-certificate"), "--certificate-id"), "0123abcd");
    const settings = JSON.parse(readFileSync(join(mine, "settings.json"), "utf8"));
    assert.deepEqual(checkSettings(settings), []);
    assert.deepEqual([settings.s3.bucket, settings.s3.region, settings.s3.prefix, settings.iot, settings.credentials.endpoint, settings.credentials.roleAlias], [
      "logs-of-shed", "eu-west-1", "shed/", { endpoint: "zzz-ats.iot.eu-west-1.amazonaws.com", thingName: "shed" }, "yyy.credentials.iot.eu-west-1.amazonaws.com", "device-logs-role",
    ]);
    const curl = calls.find(([name]) => name === "curl")!;
    assert.ok(curl.includes("x-amzn-iot-thingname: shed") && curl.at(-1) === "https://yyy.credentials.iot.eu-west-1.amazonaws.com/role-aliases/device-logs-role/credentials");
  });

  it("the loop of docs/fleet.md makes a board of each name", () => {
    const { directory, calls } = paste("docs/fleet.md", "cp firmware/settings.minimal.json certs/settings.json\n");
    made.push(directory);
    calls.filter(([name]) => name === "aws").forEach(checkCall);
    assert.deepEqual(calls.filter((call) => call[2] === "provision").map((call) => value(call, "--settings")), ["certs/board-17/settings.json", "certs/board-18/settings.json", "certs/board-19/settings.json"]);
    assert.equal(JSON.parse(readFileSync(join(directory, "certs/board-19/settings.json"), "utf8")).iot.thingName, "board-19");
  });

  it("a line that begins with aws stands in a block that is pasted", () => {
    for (const page of guides()) for (const { language, text, line } of blocks(page)) assert.ok(language === "sh" || !/^\s*aws /m.test(text), `${page}:${line}`);
  });
});

describe("the estimate of docs/fleet.md", () => {
  it("adds up", () => {
    const page = readFileSync(join(ROOT, "docs/fleet.md"), "utf8");
    const rows = [...page.matchAll(/^\| [^|]+ \| ([\d.*/+() ]+) \| ([\d,.]+) \|$/gm)].map(([, sum, dollars]) => ({ sum: sum!, dollars: Number(dollars!.replace(",", "")) }));
    assert.ok(rows.length >= 8);
    for (const { sum, dollars } of rows) assert.equal(Number(new Function(`return ${sum}`)()).toFixed(2), dollars.toFixed(2), sum);
    const together = Number(page.match(/\*\*together\*\* \| \| \*\*([\d.]+)\*\*/)![1]);
    assert.equal(rows.reduce((sum, { dollars }) => sum + dollars, 0).toFixed(2), together.toFixed(2));
    assert.equal(1000 * 30 * 86400 / 1e6, 2592);
    assert.match(page, /as of \d+ \w+ 20\d\d/);
  });
});
