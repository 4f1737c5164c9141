// Variables in use: idle, at the highest point of each command, and what a command leaves.
import type { CloudDescription } from "../sim/cloud/index";
import { despiteConsole, imageBoard, MIB, probedBoard, type Board } from "./boards";
import { LONG_MIB, MANY, measuredCommands, type Measured } from "./commands";
import { presigned, putObjects } from "./objects";
import type { BareServer } from "./processes";
import { atMost, failed, number, type Row, type Section } from "./table";

/** What a board of 3,700 variables can give, TLS not counted. */
const MOST_IDLE = 1800, MOST_AT_PEAK = 3400;

/** Milliseconds for a command under the probe; one that stalls is not waited for. */
const PATIENCE = 30_000, LONG_PATIENCE = 90_000;

/** A pool in which commands are counted that fail in the usual one. */
const ROOM = 12_000;

/** A CONNECT that the broker takes. */
const MQTT_HELLO = '"\\x10\\x14\\0\\x04MQTT\\x04\\x02\\x00\\x3c\\0\\x08bare-tls"';

/** What measurePeak of board/probe.js found: the highest counts with no link, while it is made, and while it stands; the last two again, with the board's certificate. */
interface Counts {
  peaks: number[];
  /** The lowest count while linked, 0 if never. */
  least: number;
  code: string;
}

/** What TLS itself takes while it shakes hands, and after that. */
interface TlsCost {
  handshake: number;
  linked: number;
}

function count(board: Board, expression: string, patience?: number): Promise<Counts> {
  return board.evaluate(`measurePeak(function(){return ${expression};})`, patience);
}

async function inUse(board: Board): Promise<number> {
  return (await board.evaluate("process.memory()")).usage;
}

/** What the probe and the line at the console take themselves. */
async function groundOf(board: Board): Promise<number> {
  const nothing = "new Promise(function(d){setTimeout(d,20,1)})";
  await count(board, nothing);
  return (await count(board, nothing)).peaks[0]!;
}

const CERTIFICATE = ',cert:require("Storage").read("cert.der"),key:require("Storage").read("key.der")';

/** A bare link that lives a moment; resolves when it is closed. */
function link(library: string, port: number, certificate = "", hello = '"GET 1\\n"'): string {
  return `new Promise(function(d){var s=require("${library}").connect({host:"127.0.0.1",port:${port},ca:require("Storage").read("ca.der")${certificate}});s.on("data",function(){});s.on("close",function(){d(1)});s.on("drain",function(){setTimeout(function(){s.end()},50)});s.write(${hello})})`;
}

/** A link with TLS against one without: the socket and its listeners are in both, and stay counted. */
async function tlsCost(board: Board, bare: BareServer, secureLink: string): Promise<TlsCost> {
  await board.boot();
  const twice = async (expression: string) => (await count(board, expression), count(board, expression));
  const plain = await twice(link("net", bare.plainPort));
  const secure = await twice(secureLink);
  return { handshake: Math.max(secure.peaks[1]!, secure.peaks[3]!) - plain.peaks[2]!, linked: secure.least - plain.peaks[2]! };
}

async function prepare(board: Board, cloud: CloudDescription): Promise<{ put: string; look: string; get: string }> {
  board.file("short.txt", MIB);
  board.file("logs/short.log", MIB);
  board.file("long/long.log", 10 * MIB);
  board.file("old.bin", MIB);
  board.file("log.txt", 10 * MIB);
  board.file("long.txt", LONG_MIB * MIB);
  await putObjects(cloud, ["firmware.bin"], Buffer.alloc(MIB, "x"), false);
  await putObjects(cloud, ["crc.bin"], Buffer.alloc(MIB, "x"), true);
  await putObjects(cloud, Array.from({ length: MANY }, (_, i) => "many/" + String(i).padStart(5, "0")), Buffer.alloc(0), false);
  return { put: presigned(cloud, "PUT", "url.txt"), look: presigned(cloud, "GET", "url.txt"), get: presigned(cloud, "GET", "firmware.bin") };
}

function expressionOf({ command, linked }: Measured): string {
  const action = `function(){return ${command};}`;
  return linked ? `measureLinked(${linked === "before"},${action})` : `measurePeak(${action})`;
}

/** `tls`: what TLS takes in each state of the link. */
async function measured(board: Board, idle: number, tls: number[], one: Measured): Promise<Row> {
  await board.boot();
  if (one.cut) {
    await board.evaluate("device.syncTime()");
    await board.evaluate(`(${one.cut},0)`);
    await board.flashed("s3.up.");
    await new Promise((done) => setTimeout(done, 200));
    await board.boot();
  }
  if (one.values) await board.evaluate(one.values);
  const ground = await groundOf(board);
  const empty = await inUse(board);
  await board.evaluate("device.syncTime()");
  for (const expression of one.before ?? []) await board.evaluate(expression);
  const kept: number[] = [];
  let top = 0, withTls = 0;
  for (let times = one.once ? 1 : 2; times > 0; times--) {
    const { peaks, code } = await board.evaluate(expressionOf(one), one.once ? LONG_PATIENCE : PATIENCE);
    if (code !== (one.refused ?? "")) throw new Error(`it ended with "${code}"`);
    withTls = Math.max(withTls, ...peaks);
    top = Math.max(top, ...peaks.map((peak: number, state: number) => peak - tls[state]!));
    kept.push((await inUse(board)) - empty);
  }
  const total = withTls > top ? `with TLS ${number(withTls - ground + idle)}, ` : "";
  return { ...atMost(one.what, top - ground + idle, MOST_AT_PEAK, ""), note: `${total}then idle +${kept.join(", +")}` };
}

export async function memorySection(cloud: CloudDescription, bare: BareServer): Promise<{ section: Section; host: string }> {
  const plain = imageBoard(cloud);
  const probed = await probedBoard(cloud);
  try {
    await plain.boot();
    const idle = await inUse(plain);
    const { version, total, blocksize } = await plain.evaluate("({version:process.env.VERSION,total:process.memory().total,blocksize:process.memory().blocksize})");
    const rows: Row[] = [atMost("idle, after boot", idle, MOST_IDLE, "")];
    const urls = await prepare(probed, cloud);
    const tls = await tlsCost(probed, bare, link("tls", bare.port));
    const mutual = await tlsCost(probed, bare, link("tls", cloud.iot.port, CERTIFICATE, MQTT_HELLO));
    const costs = [0, tls.handshake, tls.linked, mutual.handshake, mutual.linked];
    // The probe has room of its own: the image shall find as much memory as without it.
    const pool = total + (await groundOf(probed)) - idle;
    for (const one of measuredCommands(urls)) {
      probed.variables = pool;
      rows.push(await despiteConsole(() => measured(probed, idle, costs, one)).catch(async (error) => {
        probed.variables = ROOM;
        const row = await despiteConsole(() => measured(probed, idle, costs, one)).catch(() => failed(one.what, error));
        return row.value === "failed" ? row : { ...row, reached: false, note: `FAILED with ${number(total)} variables; counted with more: ${row.note}` };
      }));
    }
    rows.push({ what: "TLS alone, not counted above: linked", value: number(tls.linked), note: `${number(tls.handshake)} while it shakes hands; with the board's certificate ${number(mutual.linked)} and ${number(mutual.handshake)}` });
    return {
      section: { title: "Variables in use: each command's peak without TLS (a board keeps that elsewhere), and how many more than before after its first and second call", rows },
      host: `Espruino ${version}, ${number(total)} variables of ${blocksize} bytes`,
    };
  } finally {
    await plain.close();
    await probed.close();
  }
}
