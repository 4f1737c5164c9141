// Uploads in parts and long uploads, against one piece and against ten times less.
import type { CloudDescription } from "../sim/cloud/index";
import { imageBoard, MIB } from "./boards";
import { atMost, type Row, type Section } from "./table";
import { command, measure, ratio, ratioText, rounds, row, way, type Way } from "./ways";

const SHORT = 10, DOUBLE = 20, LONG = 100;

function timesAsLong(what: string, long: Way, short: Way): Row {
  const value = 1 / ratio(long, short);
  return Number.isNaN(value) ? { what, value: ratioText(value) } : atMost(what, value, 10.5, "", 2);
}

export async function longSection(cloud: CloudDescription): Promise<Section> {
  const board = imageBoard(cloud);
  const count = rounds(5), longCount = rounds(2);
  const single = (mib: number) => way(`put of ${mib} MiB in one piece`, mib * MIB, () => command(board, `device.put("${mib}.txt","one.txt",{multipart:false})`));
  const parts = (mib: number) => way(`put of ${mib} MiB in ${mib / 5} parts`, mib * MIB, () => command(board, `device.put("${mib}.txt","parts.txt",{multipart:true})`));
  try {
    for (const mib of [SHORT, DOUBLE, LONG]) board.file(`${mib}.txt`, mib * MIB);
    const [single10, parts10, single20, parts20] = [single(SHORT), parts(SHORT), single(DOUBLE), parts(DOUBLE)] as const;
    const [single100, parts100] = [single(LONG), parts(LONG)] as const;
    // The long ones less often: their ratios are to the first rounds of the short ones.
    await measure(longCount, [single10, parts10, single100, parts100]);
    const ratios = [timesAsLong(`one piece: ${LONG} MiB take as many times the time of ${SHORT}`, single100, single10), timesAsLong(`parts: ${LONG} MiB take as many times the time of ${SHORT}`, parts100, parts10)];
    await measure(count - longCount, [single10, parts10]);
    await measure(count, [single20, parts20]);
    return {
      title: `Uploads in parts of 5 MiB, long uploads; all signed, with their HEAD (median of ${count}; of ${LONG} MiB of ${longCount})`,
      rows: [
        ...[single10, parts10, single20, parts20, single100, parts100].map(row),
        { what: `in parts: times as fast as in one piece, ${SHORT} MiB`, value: ratioText(ratio(parts10, single10)) },
        { what: `in parts: times as fast as in one piece, ${DOUBLE} MiB`, value: ratioText(ratio(parts20, single20)) },
        { what: `in parts: times as fast as in one piece, ${LONG} MiB`, value: ratioText(ratio(parts100, single100)) },
        ...ratios,
      ],
    };
  } finally {
    await board.close();
  }
}
