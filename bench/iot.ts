// MQTT to AWS IoT: variables in use, the hand-over of the TLS slot, and messages a second against Espruino's own MQTT module, whose path
// STOCK_MQTT names (modules/MQTT.js of espruino/EspruinoDocs; it is no part of this project).
import { readFileSync } from "node:fs";
import { minify } from "terser";
import type { CloudDescription } from "../sim/cloud/index";
import { type Board, despiteConsole, MIB, messageBoard } from "./boards";
import { atLeast, atMost, failed, median, number, type Row, type Section } from "./table";

const MOST_IDLE = 1800, MOST_SUBSCRIBED = 2600;
const MESSAGES = 200, PAYLOAD = 100;
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 3);
/** A pool in which the image is counted where it does not fit into the usual one. */
const ROOM = 12_000;

interface Told {
  idle: number;
  subscribed: number;
  /** Seconds. */
  qos0: number;
  qos1: number;
}

/** What a board tells of itself, again with more room if it fails. */
async function told<T>(board: Board, expression: string): Promise<{ value: T; note: string }> {
  const tell = (variables: number | undefined): Promise<T> =>
    despiteConsole(async () => {
      board.variables = variables;
      await board.boot();
      return board.evaluate(expression, 60_000);
    });
  try {
    return { value: await tell(undefined), note: "" };
  } catch (error) {
    return { value: await tell(ROOM), note: `FAILED with the usual pool: ${String((error as Error).message ?? error).slice(0, 60)}` };
  }
}

/** The medians of some rounds. */
async function rounds(board: Board, expression: string): Promise<{ value: Told; note: string }> {
  const all: Told[] = [];
  let note = "";
  for (let n = 0; n < ROUNDS; n++) {
    const one = await told<Told>(board, expression);
    all.push(one.value);
    note = one.note || note;
  }
  const middle = (name: keyof Told) => median(all.map((one) => one[name]));
  return { value: { idle: middle("idle"), subscribed: middle("subscribed"), qos0: middle("qos0"), qos1: middle("qos1") }, note };
}

/** The module as boards get it. */
async function stockModule(): Promise<string | undefined> {
  const path = process.env["STOCK_MQTT"];
  if (!path) return undefined;
  return (await minify(readFileSync(path, "latin1"), { ecma: 5 })).code!;
}

async function handOver(board: Board): Promise<Row> {
  const { value, note } = await told<{ yielded: number; returned: number }>(board, '(device.syncTime().then(function(){return handOver("log.txt")}))');
  return { what: "hand-over of the one TLS slot: until a put had it, until the link was up again", value: `${value.yielded} ms, ${value.returned} ms`, note };
}

function speeds(what: string, { qos0, qos1 }: Told): Row[] {
  return [qos0, qos1].map((seconds, qos) => ({ what: `${what}: QoS ${qos}, ${PAYLOAD} bytes, one after the other`, value: `${number(MESSAGES / seconds)} a second` }));
}

export async function iotSection(cloud: CloudDescription): Promise<Section> {
  const rows: Row[] = [];
  const stock = await stockModule();
  const { image, other } = await messageBoard(cloud, stock);
  image.file("log.txt", MIB);
  const payload = JSON.stringify("x".repeat(PAYLOAD));
  try {
    await image.boot();
    const link: number = await image.evaluate(`bareLink(${cloud.iot.port})`);
    const ours = await rounds(image, `imageMessages(${payload},${MESSAGES})`);
    const { idle, subscribed } = ours.value;
    rows.push({ ...atMost("idle", idle, MOST_IDLE, ""), note: "with the functions of the bench, some 150" });
    rows.push({ ...atMost("connected and subscribed, TLS not counted", subscribed - link, MOST_SUBSCRIBED, ""), note: ours.note || `mutual TLS alone: ${number(link)}` });
    rows.push(await handOver(image).catch((error) => failed("hand-over of the one TLS slot", error)));
    rows.push(...speeds("device.publish", ours.value));
    if (!other) {
      rows.push({ what: "Espruino's own MQTT module", value: "not measured", note: "STOCK_MQTT=path of its MQTT.js" });
    } else {
      const theirs = (await rounds(other, `stockMessages(${cloud.iot.port},${payload},${MESSAGES})`)).value;
      rows.push(...speeds("Espruino's own MQTT module", theirs));
      for (const qos of ["qos0", "qos1"] as const) {
        rows.push(atLeast(`device.publish against it, QoS ${qos[3]}`, theirs[qos] / ours.value[qos], 1));
      }
      rows.push(atMost("variables that connecting and subscribing adds, TLS not counted", subscribed - idle - link, theirs.subscribed - theirs.idle - link, ""));
    }
  } catch (error) {
    rows.push(failed("MQTT", error));
  } finally {
    await image.close();
    await other?.close();
  }
  return { title: "MQTT to the local AWS IoT, mutual TLS", rows };
}
