// Desks for the scenarios, and what is asked of them. A suite says `afterEach(() => closeDesks())`.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { setUpDesk } from "../../sim/desk";
import type { Desk, DeskOptions } from "../../sim/desk";
import { testCertificates } from "../cloud/certificates";

const open: Desk[] = [];

/** Closes the desks of a test. Their boards may have printed no secret key and none of `secrets`. */
export async function closeDesks(secrets: (one: Desk) => string[] = () => []): Promise<void> {
  const closed = open.splice(0);
  for (const one of closed) await one.close();
  for (const one of closed) {
    assert.deepEqual(one.board.strayTimers, []);
    const printed = one.board.output.join("\n");
    for (const secret of [one.cloud.credentials.secretAccessKey, one.cloud.sessionCredentials.secretAccessKey, ...secrets(one)]) {
      assert.ok(!printed.includes(secret), "a secret was printed");
    }
  }
}

/** A desk whose board was just booted: it does not know the time. */
export async function bootedDesk(options: DeskOptions = {}): Promise<Desk> {
  const one = await setUpDesk({ ...options, cloud: { directory: await testCertificates(), ...options.cloud } });
  open.push(one);
  return one;
}

/** A desk whose board knows the time. */
export async function desk(options: DeskOptions = {}): Promise<Desk> {
  const one = await bootedDesk(options);
  await one.command("device.syncTime()");
  return one;
}

/** The same with random bytes in log.txt. */
export async function deskWithLog(size = 20000, options: DeskOptions = {}): Promise<{ one: Desk; bytes: Buffer }> {
  const one = await desk(options);
  return { one, bytes: file(one, "log.txt", size) };
}

/** Writes random bytes to the card. */
export function file(one: Desk, name: string, size: number): Buffer {
  const bytes = randomBytes(size);
  writeFileSync(join(one.card, name), bytes);
  return bytes;
}

/** The power goes and comes back; the board learns the time again. */
export async function powerCycle(one: Desk): Promise<void> {
  one.board.powerCycle();
  await one.command("device.syncTime()");
}

/** What a command fails with. */
export function failure(one: Desk, command: string): Promise<any> {
  return one.command(command).then(() => assert.fail(`${command} succeeded`), (failed) => failed);
}

/** How many lines the board has printed that match. */
export function printed(one: Desk, line: RegExp): number {
  return one.board.output.filter((text) => line.test(text)).length;
}

/** Fails unless the board has printed such a line. */
export function said(one: Desk, line: RegExp): void {
  assert.ok(printed(one, line) > 0, `${line} in\n${one.board.output.join("\n")}`);
}

/** Waits until something holds. */
export async function until(condition: () => boolean, milliseconds = 30000): Promise<void> {
  for (const end = Date.now() + milliseconds; !condition(); ) {
    if (Date.now() > end) throw new Error(`Not within ${milliseconds} ms: ${condition}`);
    await new Promise((done) => setTimeout(done, 2));
  }
}

/** Waits until some of the first body has reached S3, and most of it has not. */
export function underWay(one: Desk): Promise<void> {
  return until(() => one.cloud.s3.requests[0]?.bytes! > 200_000);
}

/** A URL as AWS's own signer makes it, for the bucket of the desk. */
export async function signed(one: Desk, method: string, key: string, options: { seconds?: number; headers?: Record<string, string>; time?: number; session?: boolean } = {}): Promise<string> {
  const { s3, credentials, sessionCredentials } = one.cloud;
  const signer = new SignatureV4({ service: "s3", region: s3.region, credentials: options.session ? sessionCredentials : credentials, sha256: Sha256, uriEscapePath: false, applyChecksum: false });
  const host = `${s3.host}:${s3.port}`;
  const path = `/${s3.bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const headers = { host, ...options.headers };
  const message = await signer.presign(
    { method, protocol: "https:", hostname: s3.host, port: s3.port, path, query: { "x-id": "Object", "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" }, headers: { ...headers, "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" } },
    { expiresIn: options.seconds ?? 600, signingDate: new Date(options.time ?? Date.now()), unhoistableHeaders: new Set(Object.keys(headers)), unsignableHeaders: new Set(["x-amz-content-sha256"]), signableHeaders: new Set(Object.keys(headers)) },
  );
  const query = Object.entries(message.query!).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`).join("&");
  return `https://${host}${path}?${query}`;
}
