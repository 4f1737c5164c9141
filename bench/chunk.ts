// What the parts of a chunk cost.
import { bareBoard, MIB } from "./boards";
import { median, type Row, type Section } from "./table";
import { rounds } from "./ways";

export async function chunkSection(): Promise<Section> {
  const count = rounds(5);
  const board = await bareBoard("parts");
  try {
    board.file("log.txt", MIB);
    const found: Record<string, number>[] = [];
    for (let round = 0; round < count; round++) {
      await board.boot();
      found.push(await board.evaluate('parts("log.txt")'));
    }
    const part = (what: string, name: string): Row => ({ what, value: `${median(found.map((one) => one[name]!)).toFixed(3)} ms` });
    return {
      title: `One chunk of 8 KiB, of 1280 in 10 MiB (median of ${count})`,
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
