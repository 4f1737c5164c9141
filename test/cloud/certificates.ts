// Certificates that all clouds of a test run share: they take longest to make.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCertificates } from "../../sim/cloud/certificates";

let made: Promise<string> | undefined;

async function make(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "cloud-tests-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  await openCertificates({ directory, hosts: [], now: Date.UTC(2013, 0) });
  return directory;
}

/** Their directory. They hold since 2013, the time of some vectors. */
export function testCertificates(): Promise<string> {
  return (made ??= make());
}
