// How fast put and get are beside bare loops that move the same bytes over TLS and do nothing else. All in turn, several rounds; medians.
import type { CloudDescription } from "../sim/cloud/index";
import { bareBoard, image, imageBoard, MIB, settingsBoard, type Board } from "./boards";
import { atLeast, atMost, median, number, type Row, type Section } from "./table";

const PUT_BYTES = 10 * MIB;
const GET_BYTES = MIB;
const ROUNDS = 5;
/** The long upload is measured less often. */
const LONG_ROUNDS = 3;

/** One way of moving bytes, with the seconds of every round. */
interface Way {
  what: string;
  run(): Promise<number>;
  seconds: number[];
}

function way(what: string, run: () => Promise<number>): Way {
  return { what, run, seconds: [] };
}

/** Each way once a round, in turn, so that what else the machine does meets all alike. */
async function measure(rounds: number, ways: Way[]): Promise<void> {
  for (let round = 0; round < rounds; round++) for (const one of ways) one.seconds.push(await one.run());
}

function best(ways: Way[]): Way {
  return ways.reduce((a, b) => (median(b.seconds) < median(a.seconds) ? b : a));
}

/** How many times as fast `one` is as `other`: median of the rounds. */
function ratio(one: Way, other: Way): number {
  return median(one.seconds.map((seconds, round) => other.seconds[round]! / seconds));
}

function row(one: Way, bytes: number): Row {
  const seconds = median(one.seconds);
  return { what: one.what, value: `${seconds.toFixed(3)} s ${number(bytes / 1024 / seconds).padStart(7)} KiB/s` };
}

/** A command of the image, in Storage as it is flashed, in an interpreter that was just started, like the bare loops. */
async function command(board: Board, text: string): Promise<number> {
  await board.boot();
  await board.evaluate("device.syncTime()");
  return (await board.evaluate(text)).seconds;
}

export async function speedSections(cloud: CloudDescription, barePort: number): Promise<Section[]> {
  const board = imageBoard(cloud);
  const script = settingsBoard(cloud);
  const bare = await bareBoard("loops");
  try {
    for (const one of [board, script, bare]) one.file("log.txt", PUT_BYTES);
    board.file("firmware.bin", GET_BYTES);
    board.file("long.txt", 10 * PUT_BYTES);
    return [...(await putSections(board, script, bare, barePort)), await getSection(board, bare, barePort), await longSection(board)];
  } finally {
    for (const one of [board, script, bare]) await one.close();
  }
}

/** A bare loop, in an interpreter that was just started: a raised chunk cannot be lowered. */
function barePut(bare: Board, port: number, piece: number, chunk: number, card: boolean): Way {
  return way(`bare loop, ${card ? "file on the card" : "constant string"}, writes of ${piece}, ${chunk ? `chunk ${chunk}` : "stock chunk"}`, async () => {
    await bare.boot();
    return bare.evaluate(`barePut(${port},${PUT_BYTES},${piece},${chunk},${card ? '"log.txt"' : "undefined"})`);
  });
}

async function putSections(board: Board, script: Board, bare: Board, port: number): Promise<Section[]> {
  const put = way("put, signed", () => command(board, 'device.put("log.txt")'));
  const unsigned = way("put, unsigned, with CRC-32", () => command(board, 'device.put("log.txt","log.txt",{payload:"unsigned"})'));
  const inMemory = way("put, signed, image in variables instead of Storage (*)", async () => (await script.run(PUT_SCRIPT)).seconds);
  const loops = (chunks: number[], pieces: number[], card: boolean) => chunks.flatMap((chunk) => pieces.map((piece) => barePut(bare, port, piece, chunk, card)));
  const stock = [1024, 2048, 4096], raised = [2048, 4096, 8192], chunks = [4096, 8192];
  const kinds = [loops([0], stock, false), loops(chunks, raised, false), loops([0], stock, true), loops(chunks, raised, true)] as const;
  await measure(ROUNDS, [put, unsigned, inMemory, ...kinds.flat()]);
  const [stockConstant, raisedConstant, stockCard, raisedCard] = kinds.map(best) as [Way, Way, Way, Way];
  const twoKiB = kinds[0].find((one) => one.what.includes(" 2048,"))!;
  return [
    {
      title: `Put of ${PUT_BYTES / MIB} MiB, seconds from the command to its end; the bare loops' from before the connect to the answer (median of ${ROUNDS})`,
      rows: [put, unsigned, inMemory, ...new Set([twoKiB, stockConstant, raisedConstant, stockCard, raisedCard])].map((one) => row(one, PUT_BYTES)),
    },
    {
      title: "Put, signed: how many times as fast as",
      rows: [
        atLeast("the best stock loop, constant string", ratio(put, stockConstant), 1.7),
        atLeast("the best raised loop, constant string", ratio(put, raisedConstant), 0.75),
        { what: "the best stock loop, same file read from the card", value: ratio(put, stockCard).toFixed(2) },
        { what: "the best raised loop, same file read from the card", value: ratio(put, raisedCard).toFixed(2) },
        { what: "image in variables (*): the best stock loop, constant string", value: ratio(inMemory, stockConstant).toFixed(2) },
        { what: "image in variables (*): the best raised loop, constant string", value: ratio(inMemory, raisedConstant).toFixed(2) },
        { what: "image in variables (*): the best stock loop, file", value: ratio(inMemory, stockCard).toFixed(2) },
        { what: "image in variables (*): the best raised loop, file", value: ratio(inMemory, raisedCard).toFixed(2) },
      ],
    },
  ];
}

/** The image as a script, then one put. */
const PUT_SCRIPT =
  image().toString("latin1") +
  '\ndevice.syncTime().then(function(){return device.put("log.txt");})' +
  '.then(function(r){print("="+JSON.stringify(r));},function(e){print("="+JSON.stringify(e));});\n';

async function getSection(board: Board, bare: Board, port: number): Promise<Section> {
  const get = way("get to a new file", async () => {
    board.remove("new.bin");
    return command(board, 'device.get("firmware.bin","new.bin")');
  });
  const over = way("get over an old file, which stays until the end", () => command(board, 'device.get("firmware.bin","old.bin")'));
  const bareGet = (chunk: number) => way(`bare loop to a file, ${chunk ? `chunk ${chunk}` : "stock chunk"}`, async () => {
    await bare.boot();
    return bare.evaluate(`bareGet(${port},${GET_BYTES},${chunk},"new.bin")`);
  });
  const stock = bareGet(0), raised = bareGet(4096);
  await command(board, 'device.put("firmware.bin")');
  board.file("old.bin", GET_BYTES);
  await measure(ROUNDS, [get, over, stock, raised]);
  return {
    title: `Get of ${GET_BYTES / MIB} MiB (median of ${ROUNDS})`,
    rows: [
      ...[get, over, stock, raised].map((one) => row(one, GET_BYTES)),
      atLeast("get: times as fast as the stock loop", ratio(get, stock), 0.8),
      { what: "get: times as fast as the raised loop", value: ratio(get, raised).toFixed(2) },
    ],
  };
}

async function longSection(board: Board): Promise<Section> {
  const short = way(`put of ${PUT_BYTES / MIB} MiB`, () => command(board, 'device.put("log.txt")'));
  const long = way(`put of ${(10 * PUT_BYTES) / MIB} MiB`, () => command(board, 'device.put("long.txt")'));
  await measure(LONG_ROUNDS, [short, long]);
  return {
    title: `A long upload (median of ${LONG_ROUNDS})`,
    rows: [row(short, PUT_BYTES), row(long, 10 * PUT_BYTES), atMost("the long one takes as many times the short one's time", 1 / ratio(long, short), 10.5, "", 2)],
  };
}

/** What the parts of a chunk cost. */
export async function partsSection(): Promise<Section> {
  const board = await bareBoard("parts");
  try {
    board.file("log.txt", MIB);
    const rounds: Record<string, number>[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await board.boot();
      rounds.push(await board.evaluate('parts("log.txt")'));
    }
    const part = (what: string, name: string): Row => ({ what, value: `${median(rounds.map((one) => one[name]!)).toFixed(3)} ms` });
    return {
      title: `One chunk of 8 KiB, of ${PUT_BYTES / 8192} in ${PUT_BYTES / MIB} MiB (median of ${ROUNDS})`,
      rows: [
        part("read from the card", "read"),
        part("signed, with its hash", "sign"),
        part("  its hash alone", "hash"),
        part("  signature without the hash of data", "signNothing"),
        part("  signed, a flat string as an ESP32 reads it", "signFlat"),
      ],
    };
  } finally {
    await board.close();
  }
}
