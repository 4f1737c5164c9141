// How fast a put is beside bare loops that send the same bytes over TLS and do nothing else.
import type { CloudDescription } from "../sim/cloud/index";
import { bareBoard, bootCodeBoard, image, imageBoard, MIB, settingsBoard, type Board } from "./boards";
import { atLeast, type Row, type Section } from "./table";
import { best, command, measure, ratio, ratioText, rounds, row, way, type Way } from "./ways";

const BYTES = 10 * MIB;
/** The writes that everybody's loop makes. */
const USUAL_WRITE = 2048;

/** A bare loop, in an interpreter that was just started: a raised chunk cannot be lowered. */
function barePut(bare: Board, port: number, piece: number, chunk: number, card: boolean): Way {
  return way(`bare loop, ${card ? "same file read" : "constant string"}, writes of ${piece}, ${chunk ? `chunk ${chunk}` : "stock chunk"}`, BYTES, async () => {
    await bare.boot();
    return bare.evaluate(`barePut(${port},${BYTES},${piece},${chunk},${card ? '"log.txt"' : "undefined"})`);
  });
}

/** The image's boot code as a script, then one put. */
function putScript(): string {
  return (
    image().toString("latin1") +
    '\ndevice.syncTime().then(function(){return device.put("log.txt");})' +
    '.then(function(r){print("="+JSON.stringify(r));},function(e){print("="+JSON.stringify(e));});\n'
  );
}

export async function putSections(cloud: CloudDescription, port: number): Promise<Section[]> {
  const boards = { board: imageBoard(cloud), alone: bootCodeBoard(cloud), script: settingsBoard(cloud), bare: await bareBoard("loops") };
  try {
    for (const one of Object.values(boards)) one.file("log.txt", BYTES);
    return await measured(boards, port);
  } finally {
    for (const one of Object.values(boards)) await one.close();
  }
}

async function measured({ board, alone, script, bare }: Record<"board" | "alone" | "script" | "bare", Board>, port: number): Promise<Section[]> {
  const count = rounds(5);
  const put = way("put, signed, with its HEAD at the end", BYTES, () => command(board, 'device.put("log.txt","log.txt",{multipart:false})'));
  const only = way("put, signed, .bootcde alone: without the HEAD", BYTES, () => command(alone, 'device.put("log.txt")'));
  const inMemory = way("put, signed, .bootcde as a script in variables (*)", BYTES, async () => {
    const result = await script.run(putScript());
    if (result.code) throw new Error(result.message);
    return result.seconds;
  });
  const unsigned = way("put, unsigned, with CRC-32, with its HEAD", BYTES, () => command(board, 'device.put("log.txt","log.txt",{payload:"unsigned",multipart:false})'));
  const stock = [2048, 4096], raised: [number, number][] = [[4096, 4096], [4096, 8192], [8192, 8192]];
  const kinds = [false, true].map((card) => ({
    usual: barePut(bare, port, USUAL_WRITE, 0, card),
    stock: stock.filter((piece) => piece !== USUAL_WRITE).map((piece) => barePut(bare, port, piece, 0, card)),
    raised: raised.map(([piece, chunk]) => barePut(bare, port, piece, chunk, card)),
  }));
  await measure(count, [put, only, inMemory, unsigned, ...kinds.flatMap(({ usual, stock, raised }) => [usual, ...stock, ...raised])]);
  const loops = kinds.flatMap(({ usual, stock, raised }, card) => {
    const kind = card ? "same file read" : "constant string";
    const bestStock = best([usual, ...stock]);
    const rows = [{ what: `the stock loop with writes of ${USUAL_WRITE}, ${kind}`, loop: usual, goal: card ? undefined : 1.7 }];
    if (bestStock !== usual) rows.push({ what: `the best stock loop, ${kind}`, loop: bestStock, goal: undefined });
    return [...rows, { what: `the best raised loop, ${kind}`, loop: best(raised), goal: card ? undefined : 0.75 }];
  });
  const compared = loops.map(({ what, loop, goal }): Row => {
    const value = ratio(put, loop);
    const note = `.bootcde alone ${ratioText(ratio(only, loop))}, in variables (*) ${ratioText(ratio(inMemory, loop))}`;
    return goal === undefined || Number.isNaN(value) ? { what, value: ratioText(value), note } : { ...atLeast(what, value, goal), note };
  });
  return [
    {
      title: `Put of ${BYTES / MIB} MiB in one piece, seconds from the command to its end; the bare loops' from before the connect to the answer (median of ${count})`,
      rows: [put, only, inMemory, unsigned, ...loops.map((one) => one.loop)].map(row),
    },
    {
      title: "Put, signed, with its HEAD: how many times as fast as",
      rows: [...compared, { what: "the same unsigned with CRC-32 (less than 1: signing is dearer)", value: ratioText(ratio(put, unsigned)) }],
    },
  ];
}
