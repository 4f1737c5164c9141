// espruino-aws provision: settings, root, certificate and key from the files that AWS hands out to a board, looked at before and after.
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { Values } from "../src/device/settings/check";
import { mergeSettings } from "../src/device/settings/configure";
import { addressOf, closeBoard, openBoard, type PortChoice, withPort } from "./board";
import { type Output, Unreadable } from "./cli";
import { restart } from "./flash";
import type { Repl } from "./port/repl";
import { boardFacts, type Evaluate, readBoardSettings, writeRecords } from "./provision/board";
import { ownRoot } from "./provision/certificates";
import { Findings, findingLine } from "./provision/finding";
import { type BoardRecord, checkNeeds, makePlan, type Plan, type PlanInput } from "./provision/plan";
import { type Asker, askSettings, terminalAsker } from "./provision/questions";
import { readSettingsFile } from "./provision/settingsFile";
import type { Given } from "./provision/wrongFile";
import { Trouble, USAGE, WRONG } from "./trouble";

export interface ProvisionOptions extends PortChoice {
  settings?: string;
  ca?: string;
  cert?: string;
  key?: string;
  verifyKey?: string;
  patch?: boolean;
  allowRoot?: boolean;
  dryRun?: boolean;
}

/** The files that become records, beside the settings. */
const FILES = ["ca", "cert", "key", "verifyKey"] as const;

function readGiven(path: string): Given {
  try {
    return { name: path, bytes: readFileSync(path === "-" ? 0 : path) };
  } catch (error) {
    throw new Unreadable(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** The findings so far; with an error among them nothing may be written. */
function tell(findings: Findings, output: Output): void {
  for (const finding of findings.list) (finding.level === "note" ? output.line : output.error)(findingLine(finding));
  const errors = findings.list.filter(({ level }) => level === "error").length;
  findings.list.length = 0;
  if (errors) throw new Trouble(`Nothing was written: ${errors === 1 ? "one mistake" : errors + " mistakes"}`, "", WRONG);
}

function recordLine({ name, bytes, about }: BoardRecord): string {
  return `${name.padEnd(13)} ${String(bytes.length).padStart(5)} bytes  ${about}`;
}

/** A board that is opened when it is first needed. Nothing that it prints is shown: an odd line could quote what was sent. */
class Line {
  private repl: Repl | undefined;
  private address = "";

  constructor(private readonly options: PortChoice) {}

  readonly evaluate: Evaluate = async (expression, milliseconds) => {
    this.repl ??= await openBoard({ ...this.options, port: (this.address = await addressOf(this.options)) });
    return this.repl.evaluate(expression, milliseconds);
  };

  /** Settings and certificates are in use after it. */
  async restart(): Promise<void> {
    const { repl } = await restart(this.repl!, this.options, this.address);
    this.repl = repl;
  }

  async close(): Promise<void> {
    if (this.repl) await closeBoard(this.repl);
  }
}

/** The settings of a file, laid over the board's with --patch. */
async function fileSettings({ settings: path, patch }: ProvisionOptions, board: Line, findings: Findings): Promise<Values | undefined> {
  const settings = path === undefined ? undefined : readSettingsFile(readGiven(path), findings);
  if (!settings || !patch) return settings;
  const present = await readBoardSettings(board.evaluate);
  if (!present) throw new Trouble("The settings on the board are not JSON, so nothing can be laid over them", "Give all settings, without --patch.", WRONG);
  return mergeSettings(present, settings);
}

/** Settings by questions: where no file was given at all, or where the board has none. */
async function askedSettings(options: ProvisionOptions, board: Line, asker: Asker): Promise<Values | undefined> {
  const some = FILES.some((name) => options[name] !== undefined);
  if (options.dryRun) return some ? undefined : askSettings(asker, {});
  if (some && (await boardFacts(board.evaluate)).held.includes("settings.json")) return undefined;
  return askSettings(asker, (await readBoardSettings(board.evaluate)) ?? {});
}

async function askFile(asker: Asker, message: string): Promise<Given> {
  const path = await asker.input({ message, validate: (answer) => {
    try {
      readGiven(answer.trim());
      return true;
    } catch (error) {
      return (error as Error).message;
    }
  } });
  return readGiven(path.trim());
}

function usesIdentity(settings: Values | undefined): boolean {
  return !!settings && (!!settings["iot"] || settings["credentials"]?.source === "iot");
}

export async function provision(options: ProvisionOptions, output: Output, asker?: Asker): Promise<void> {
  if (options.patch && options.settings === undefined) throw new Trouble("--patch needs --settings with what is to change", 'For example {"s3":{"prefix":"board-18/"}}; null takes a setting away.', USAGE);
  if (!asker && ![...FILES, "settings" as const].some((name) => options[name] !== undefined)) {
    throw new Trouble("Nothing to provision", "Give --settings, --cert with --key, or --ca; on a terminal this command asks.", USAGE);
  }
  const board = new Line(options);
  try {
    const input: PlanInput = { allowRoot: !!options.allowRoot, now: Date.now() };
    for (const name of FILES) if (options[name] !== undefined) input[name] = readGiven(options[name]);
    const early = new Findings();
    let settings = await fileSettings(options, board, early);
    if (settings) input.settings = settings;
    let plan: Plan = makePlan(input);
    if (plan.foreignRoot && asker) input.allowRoot = await asker.confirm({ message: `${input.ca!.name} is the root ${plan.foreignRoot}, none of Amazon's. Write it?`, default: false });
    if (input.allowRoot) plan = makePlan(input);
    // Before anything is asked, and before anybody needs a board.
    plan.findings.list.unshift(...early.list);
    if (plan.findings.failed) tell(plan.findings, output);
    if (asker && options.settings === undefined) settings = await askedSettings(options, board, asker);
    if (settings) input.settings = settings;
    const facts = options.dryRun ? undefined : await boardFacts(board.evaluate);
    if (asker && usesIdentity(settings) && !input.cert && !input.key && facts && !facts.held.includes("key.der")) {
      input.cert = await askFile(asker, "File of the certificate (...-certificate.pem.crt)");
      input.key = await askFile(asker, "File of its private key (...-private.pem.key)");
    }
    // Whoever has another root on the board keeps it.
    if (!input.ca && settings && facts && !facts.held.includes("ca.der")) input.ca = ownRoot();
    plan = makePlan(input);
    checkNeeds(settings, plan.records, facts?.held, plan.findings);
    tell(plan.findings, output);
    for (const record of plan.records) output.line(recordLine(record));
    if (!facts) return output.line("Nothing was written: --dry-run.");
    await write(plan, facts.image, board, output);
  } finally {
    await board.close();
  }
}

async function write({ records }: Plan, image: boolean, board: Line, output: Output): Promise<void> {
  const done = await writeRecords(board.evaluate, records);
  for (const { name, written } of done) output.line(`${name.padEnd(13)} ${written ? "written and verified" : "is there already"}`);
  if (!image) return output.line("The image is not on the board yet, or does not run: espruino-aws flash");
  const changed = done.some(({ written }) => written);
  if (changed) await board.restart();
  const { mistakes } = (await board.evaluate("device.status()")) as { mistakes: string[] };
  for (const mistake of mistakes) output.error("error   board: " + mistake);
  if (mistakes.length) throw new Trouble("Everything was written, and the board does not agree with its settings", "Do its image and this command have the same version? espruino-aws flash", WRONG);
  output.line(`The board ${changed ? "has started again and " : ""}finds no mistake in its settings. Next: espruino-aws doctor`);
}

export function addProvision(program: Command, output: Output): void {
  withPort(program.command("provision").description("write settings, root, certificate and key to a board, checked before and verified after; asks for them on a terminal"))
    .option("--settings <file>", "all settings, as firmware/settings.example.json")
    .option("--patch", "lays --settings over those that the board has; null takes one away")
    .option("--ca <file>", "root certificate (default: Amazon Root CA 1, where the board has none)")
    .option("--cert <file>", "certificate of the thing: PEM, DER, or the JSON of aws iot create-keys-and-certificate")
    .option("--key <file>", "its private key: PEM, DER, or the same JSON")
    .option("--verify-key <file>", "key that authenticates manifests: 32 bytes, raw, hex or base64")
    .option("--allow-root", "takes a root that is not Amazon's, for a server of your own")
    .option("--dry-run", "looks at everything and writes nothing")
    .action(async (options: ProvisionOptions) => provision(options, output, process.stdin.isTTY && process.stdout.isTTY ? await terminalAsker() : undefined));
}
