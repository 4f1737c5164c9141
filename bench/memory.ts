// Variables in use: idle, and at the highest point of each command.
import type { CloudDescription } from "../sim/cloud/index";
import { imageBoard, MIB, probedBoard, type Board } from "./boards";
import { atMost, number, type Row, type Section } from "./table";

/** What a board of 3,700 variables can give, TLS not counted. */
const MOST_IDLE = 1800, MOST_AT_PEAK = 3400;

/** The highest count while `expression` runs. What fails is measured, too. */
async function peak(board: Board, expression: string): Promise<number> {
  // Twice, and the second counts: what the first one keeps for all later ones is no part of the peak.
  await board.evaluate(`measurePeak(function(){return ${expression};})`);
  return board.evaluate(`measurePeak(function(){return ${expression};})`);
}

/** A bare TLS link that lives a moment; resolves when it is closed. */
function link(port: number): string {
  return `new Promise(function(d){var s=require("tls").connect({host:"127.0.0.1",port:${port}});s.on("data",function(){});s.on("close",function(){d(1)});s.on("drain",function(){setTimeout(function(){s.end()},50)});s.write("GET 1\\n")})`;
}

export async function memorySection(cloud: CloudDescription, barePort: number): Promise<{ section: Section; host: string }> {
  const plain = imageBoard(cloud);
  const probed = await probedBoard(cloud);
  try {
    await plain.boot();
    const idle = (await plain.evaluate("process.memory()")).usage;
    const { version, total, blocksize } = await plain.evaluate("({version:process.env.VERSION,total:process.memory().total,blocksize:process.memory().blocksize})");
    probed.file("log.txt", MIB);
    probed.file("long.txt", 100 * MIB);
    await probed.boot();
    await probed.evaluate("device.syncTime()");
    // What the probe and the line at the console take themselves.
    const ground = await peak(probed, "new Promise(function(d){setTimeout(d,20,1)})");
    const tls = (await peak(probed, link(barePort))) - ground;
    const above = async (expression: string): Promise<number> => (await peak(probed, expression)) - ground + idle;
    const local = async (what: string, expression: string): Promise<Row> => atMost(what, await above(expression), MOST_AT_PEAK, "");
    const linked = async (what: string, expression: string): Promise<Row> => {
      const top = await above(expression);
      return { ...atMost(what, top - tls, MOST_AT_PEAK, ""), what: `${what} (with TLS ${number(top)})` };
    };
    const put = await linked("put of 1 MiB", 'device.put("log.txt")');
    const long = await linked("put of 100 MiB", 'device.put("long.txt")');
    const rows: Row[] = [
      atMost("idle, after boot", idle, MOST_IDLE, ""),
      await local("help", "device.help()"),
      await local("status", "device.status()"),
      await local("configure", 'device.configure({s3:{prefix:"a/"}})'),
      await local("syncTime", "device.syncTime()"),
      put,
      long,
      await linked("get of 1 MiB", 'device.get("a/log.txt","back.txt")'),
    ];
    await probed.evaluate('device.configure({credentials:{secretAccessKey:"wrong"}})');
    rows.push(await linked("put that S3 refuses", 'device.put("log.txt")'));
    rows.push({ what: "one TLS link alone", value: number(tls) });
    return {
      section: { title: "Variables in use: idle, and each command's peak without its TLS link (a board keeps that elsewhere)", rows },
      host: `Espruino ${version}, ${number(total)} variables of ${blocksize} bytes`,
    };
  } finally {
    await plain.close();
    await probed.close();
  }
}
