// npm start: a board that is not there ships a 10 MiB log to a cloud that is not there, and fetches 1 MiB back; every byte is compared.
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRepl } from "./board/repl";
import { setUpDesk } from "./desk";
import type { Desk } from "./desk";

const LOG_BYTES = 10 * 1024 * 1024, FIRMWARE_BYTES = 1024 * 1024;

/** A log as a board writes it: numbered lines, exactly `bytes` long. */
function makeLog(bytes: number): Buffer {
  const lines: string[] = [];
  for (let length = 0, n = 0; length < bytes; n++) {
    const line = `2026-11-22T00:00:00Z ${n} battery=${3700 + (n % 400)}mV temperature=${((n * 7) % 400) / 10}C\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join("")).subarray(0, bytes);
}

/** The tour: clock, upload, download. True if all of it held. */
async function tour(desk: Desk): Promise<boolean> {
  const { cloud } = desk;
  const log = makeLog(LOG_BYTES);
  const firmware = randomBytes(FIRMWARE_BYTES);
  writeFileSync(join(desk.card, "log.txt"), log);
  cloud.s3.put("firmware.bin", firmware);
  const type = async (line: string) => {
    console.log(`>${line}`);
    return desk.command(line);
  };
  const time = await type("device.syncTime()");
  const put = await type('device.put("log.txt")');
  const get = await type('device.get("firmware.bin")');
  const checks: [string, boolean][] = [
    [`clock set, ${time.delay} ms from the time server`, Number.isFinite(time.offset)],
    [`log.txt: ${put.size} bytes in the bucket, byte for byte`, cloud.s3.get(put.key)?.equals(log) === true],
    [`firmware.bin: ${get.size} bytes on the card, byte for byte`, readFileSync(join(desk.card, "firmware.bin")).equals(firmware)],
  ];
  console.log("");
  for (const [what, held] of checks) console.log(`${held ? "ok    " : "FAILED"} ${what}`);
  return checks.every(([, held]) => held);
}

async function main(): Promise<void> {
  const repl = createRepl({ complete: "device" });
  const desk = await setUpDesk({ board: { onOutput: repl.show } });
  const { s3, ntp } = desk.cloud;
  console.log(`A local cloud: S3 at ${s3.host}:${s3.port}, bucket ${s3.bucket}, time at ${ntp.host}:${ntp.port}`);
  console.log("A virtual ESP32 with a card that holds a 10 MiB log. This is its serial console:\n");
  let held = false;
  try {
    held = await tour(desk);
    if (held && process.stdin.isTTY) {
      console.log("\nThe board's console is yours: device.help() lists the commands, .help those of this terminal, .exit leaves.");
      await repl.run(desk.board);
    }
  } catch (error) {
    console.error("FAILED", error);
  }
  await desk.close();
  process.exitCode = held ? 0 : 1;
}

await main();
