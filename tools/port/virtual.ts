// A virtual board of sim/ and a local cloud, in this process: to try every command without hardware.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Typing } from "../../sim/board/typing";
import type { CloudOptions } from "../../sim/cloud/index";
import { BOARD_SETTINGS, type Desk, deviceSettings, type DeskOptions, setUpDesk } from "../../sim/desk";
import { Trouble } from "../trouble";
import { type BoardPort, Listeners } from "./port";

export interface VirtualPort extends BoardPort {
  readonly desk: Desk;
}

/** What a kept desk remembers of its cloud. The keys are of this machine's cloud alone. */
type Kept = Required<Pick<CloudOptions, "s3Port" | "ntpPort" | "kmsPort" | "mqttPort" | "iotRestPort" | "credentialsPort" | "credentials">>;

function read(file: string): Kept | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Kept) : undefined;
}

/** A log for the card of a new desk. */
const SAMPLE_LOG = Array.from({ length: 2000 }, (_, n) => `2026-11-22T00:00:00Z ${n} battery=${3700 + (n % 400)}mV\n`).join("");

/** Puts the objects of an earlier command into the bucket. */
function fillBucket(desk: Desk, directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const file of readdirSync(directory)) desk.cloud.s3.put(decodeURIComponent(file), readFileSync(join(directory, file)));
}

function keepBucket(desk: Desk, directory: string): void {
  for (const key of desk.cloud.s3.keys()) {
    const bytes = desk.cloud.s3.get(key);
    if (bytes) writeFileSync(join(directory, encodeURIComponent(key)), bytes);
  }
}

/** The desk in a directory: flash/ and card/ of the board, cloud/ with certificates, bucket/, and settings.json for this cloud. */
async function keptDesk(directory: string, options: DeskOptions): Promise<Desk> {
  mkdirSync(directory, { recursive: true });
  const card = join(directory, "card"), file = join(directory, "cloud.json"), kept = read(file);
  if (!existsSync(card)) {
    mkdirSync(card);
    writeFileSync(join(card, "log.txt"), SAMPLE_LOG);
  }
  const desk = await setUpDesk({
    ...options,
    cloud: { ...options.cloud, directory: join(directory, "cloud"), ...kept },
    board: { ...options.board, storage: join(directory, "flash"), card: { directory: card } },
  });
  const { s3, ntp, kms, iot, credentialsProvider, credentials } = desk.cloud.describe();
  const now: Kept = { s3Port: s3.port, ntpPort: ntp.port, kmsPort: kms.port, mqttPort: iot.port, iotRestPort: iot.restPort, credentialsPort: credentialsProvider.port, credentials };
  if (!kept) writeFileSync(file, JSON.stringify(now, null, 2), { mode: 0o600 });
  writeFileSync(join(directory, "settings.json"), JSON.stringify(deviceSettings(desk.cloud.describe(), BOARD_SETTINGS), null, 2) + "\n", { mode: 0o600 });
  const bucket = join(directory, "bucket");
  fillBucket(desk, bucket);
  return { ...desk, close: async () => {
    keepBucket(desk, bucket);
    await desk.close();
  } };
}

/** @param address `virtual`: flashed, provisioned, gone afterwards; `virtual:DIRECTORY`: empty at first, kept there */
export async function openVirtual(address: string, options: DeskOptions = {}): Promise<VirtualPort> {
  const directory = address.slice("virtual:".length);
  const data = new Listeners<string>(), end = new Listeners<string>();
  let desk: Desk | undefined;
  let boot = "";
  const typing: Typing = new Typing(() => desk!.board, (bytes) => data.tell(bytes));
  const watched: DeskOptions = { ...options, board: { ...options.board, onOutput: (text) => {
    options.board?.onOutput?.(text);
    if (desk) typing.print(text);
    else boot += text;
  } } };
  try {
    desk = directory ? await keptDesk(resolve(directory), watched) : await setUpDesk(watched);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT" && String((error as NodeJS.ErrnoException).path).includes("dist");
    throw new Trouble(`The virtual board cannot be started: ${(error as Error).message}`, missing ? "Build the image first: npm run build" : "Is another command using the same directory?");
  }
  const opened = desk;
  if (!directory) writeFileSync(join(opened.card, "log.txt"), SAMPLE_LOG);
  void opened.board.ended.then((how) => how !== "stop" && end.tell(`the board ended: ${how}`));
  setImmediate(() => typing.print(boot));
  return {
    address,
    kind: "virtual",
    desk: opened,
    // Never in the caller's own turn: a cable does not answer before write() returns.
    write: (bytes) => void setImmediate(() => typing.type(bytes)),
    onData: (listener) => data.add(listener),
    onEnd: (listener) => end.add(listener),
    close: () => opened.close(),
  };
}
