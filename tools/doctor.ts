// espruino-aws doctor: asks a board everything it can say, and prints what is right and what is not, each with the next step.
import Table from "cli-table3";
import type { Command } from "commander";
import { type PortChoice, useBoard, withPort } from "./board";
import type { Output } from "./cli";
import { certificateFindings } from "./doctor/certificates";
import { ask, type BoardStatus, type Finding, type Patient, readShape, wrong } from "./doctor/findings";

export type { Finding } from "./doctor/findings";
import { imageFindings, interpreterFindings, lifeFindings } from "./doctor/image";
import { cardAndBucketFindings, iotFindings, networkFindings, selfTestFindings, trustFinding } from "./doctor/reach";
import { credentialsFindings, settingsFindings } from "./doctor/settings";
import { readFacts } from "./flash/facts";
import { DIST, type ImageRecord, readImage } from "./image";
import type { Repl } from "./port/repl";
import { startBar } from "./progress";
import { isTrouble, Trouble, WRONG } from "./trouble";

interface DoctorOptions extends PortChoice {
  json?: boolean;
  dist?: string;
}

const EMPTY: BoardStatus = { version: "", time: "not set", network: "off", mistakes: [], bucket: "", busy: "" };

function builtImage(directory: string): ImageRecord[] | undefined {
  try {
    return readImage(directory);
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return undefined;
  }
}

/** Every finding, in the order in which a person would look. */
export async function examine(repl: Repl, dist = DIST, step: (name: string, number: number, of: number) => void = () => {}): Promise<Finding[]> {
  const patient: Patient = { repl, image: builtImage(dist), facts: await readFacts(repl), status: EMPTY, settings: undefined, lines: [] };
  const findings = interpreterFindings(patient);
  const runs = await repl.evaluate<boolean>('typeof device=="object"&&!!device&&!!device.status');
  if (!runs) return [...findings, wrong("image", "does not run", "espruino-aws flash; if it is flashed, restart the board and watch it start with espruino-aws console.")];
  // The last failure is asked for first: what follows may fail and take its place.
  const last = await ask<{ code: string; message: string; hint: string } | null>(patient, "device.why().then(function(f){return f?{code:f.code,message:f.message,hint:f.hint}:null})");
  const told = await ask<BoardStatus>(patient, "device.status()");
  if ("trouble" in told) return [...findings, wrong("status", told.trouble.message, told.trouble.hint)];
  patient.status = told.value;
  patient.settings = await readShape(repl);
  const steps: [name: string, () => Promise<Finding[]> | Finding[]][] = [
    ["image", () => imageFindings(patient)],
    ["settings", () => [...settingsFindings(patient), ...credentialsFindings(patient)]],
    ["certificates", () => certificateFindings(patient)],
    ["network and time", () => networkFindings(patient)],
    ["self test", () => selfTestFindings(patient)],
    ["trust", async () => [await trustFinding(patient)]],
    // First, while nothing is held of a request that was refused: mutual TLS takes the most memory.
    ["AWS IoT", () => iotFindings(patient)],
    ["card and bucket", () => cardAndBucketFindings(patient)],
    ["life", () => lifeFindings(patient, "value" in last ? last.value : null)],
  ];
  for (const [i, [name, look]] of steps.entries()) {
    step(name, i, steps.length);
    findings.push(...(await look()));
  }
  return findings;
}

const MARKS = { ok: "ok", warning: "look", wrong: "WRONG" };

/** Text in lines of at most `width` characters, broken at spaces where there are any. */
export function wrapped(text: string, width: number): string {
  const lines = [""];
  for (let word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line && line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
      continue;
    }
    if (line) lines.push("");
    for (; word.length > width; word = word.slice(width)) lines.splice(-1, 1, word.slice(0, width), "");
    lines[lines.length - 1] = word;
  }
  return lines.join("\n");
}

/** The findings as a table that fits into the terminal. */
export function findingsTable(findings: Finding[], columns = process.stdout.columns || 110): string {
  const room = Math.max(columns - 7 - 24 - 10, 40), found = Math.ceil(room * 0.55);
  const table = new Table({ head: ["", "what", "found", "next step"], colWidths: [7, 24, found, room - found], style: { head: [], border: [] } });
  for (const one of findings) table.push([MARKS[one.state], one.what, wrapped(one.found, found - 2), wrapped(one.next, room - found - 2)]);
  return table.toString();
}

async function doctor(options: DoctorOptions, output: Output): Promise<void> {
  const findings = await useBoard(options, {}, async (repl) => {
    const bar = startBar("doctor", 100);
    try {
      return await examine(repl, options.dist, (name, number, of) => bar.update((100 * number) / of, name));
    } finally {
      bar.stop();
    }
  });
  const bad = findings.filter(({ state }) => state === "wrong");
  if (options.json) output.line(JSON.stringify({ ok: bad.length === 0, findings }, null, 2));
  else for (const line of findingsTable(findings).split("\n")) output.line(line);
  const look = findings.filter(({ state }) => state === "warning").length;
  if (!options.json && !bad.length) output.line("Nothing is wrong" + (look ? `; ${look} to look at` : ""));
  if (bad.length) throw new Trouble(`${bad.length} of ${findings.length} ${bad.length === 1 ? "is" : "are"} wrong: ${[...new Set(bad.map(({ what }) => what))].join(", ")}`, bad[0]!.next, WRONG);
}

export function addDoctor(program: Command, output: Output): void {
  withPort(program.command("doctor").description("examine the board: what is right, what is not, and what to do"))
    .option("--json", "print the findings as JSON, for machines")
    .option("--dist <directory>", "the built image to compare with", DIST)
    .action((options: DoctorOptions) => doctor(options, output));
}
