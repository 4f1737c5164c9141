// How fast a get is beside bare loops that write every piece they read to a file.
import type { CloudDescription } from "../sim/cloud/index";
import { bareBoard, imageBoard, MIB } from "./boards";
import { putObjects } from "./objects";
import { atLeast, type Section } from "./table";
import { command, measure, ratio, ratioText, rounds, row, way } from "./ways";

const BYTES = MIB;

export async function getSection(cloud: CloudDescription, port: number): Promise<Section> {
  const board = imageBoard(cloud);
  const bare = await bareBoard("loops");
  const count = rounds(5);
  const fresh = (what: string, key: string) => way(what, BYTES, async () => {
    board.remove("new.bin");
    return command(board, `device.get("${key}","new.bin")`);
  });
  const bareGet = (chunk: number) => way(`bare loop to a file, ${chunk ? `chunk ${chunk}` : "stock chunk"}`, BYTES, async () => {
    await bare.boot();
    return bare.evaluate(`bareGet(${port},${BYTES},${chunk},"new.bin")`);
  });
  try {
    board.file("old.bin", BYTES);
    await putObjects(cloud, ["firmware.bin"], Buffer.alloc(BYTES, "x"), false);
    await putObjects(cloud, ["crc.bin"], Buffer.alloc(BYTES, "x"), true);
    const get = fresh("get to a new file", "firmware.bin"), checked = fresh("get to a new file, object with a CRC-32: read back and checked", "crc.bin");
    const over = way("get over an old file, which stays until the end", BYTES, () => command(board, 'device.get("firmware.bin","old.bin")'));
    const stock = bareGet(0), raised = bareGet(4096);
    await measure(count, [get, checked, over, stock, raised]);
    const value = ratio(get, stock), what = "get to a new file: times as fast as the stock loop";
    return {
      title: `Get of ${BYTES / MIB} MiB (median of ${count})`,
      rows: [
        ...[get, checked, over, stock, raised].map(row),
        Number.isNaN(value) ? { what, value: ratioText(value) } : atLeast(what, value, 0.8),
        { what: "get to a new file: times as fast as the raised loop", value: ratioText(ratio(get, raised)) },
        { what: "get with CRC-32: times as fast as without", value: ratioText(ratio(checked, get)) },
      ],
    };
  } finally {
    await board.close();
    await bare.close();
  }
}
