// device.selfTest(): what a board can find out about itself. Known answers, clock, memory, flash, random numbers need no network; that the
// server's certificate is checked is tried on a server.
import { withModule } from "../flow/withModule";
import type * as trust from "../modules/trust";
import type { Platform } from "../platform/ports";
import { chunksRight, derivesRight, hashesRight, hexRight, macsRight, signsRight } from "../sigv4/knownAnswers";
import type { SeldomCommand } from "./seldom";
import type { Verdict } from "./trust";

export interface SelfTestResult {
  /** Names of checks. */
  passed: string[];
  failed: string[];
  /** Does this interpreter check certificates, and names? No failure of the board: stock Espruino does not. */
  trust?: Verdict;
  serverName?: Verdict;
}

/** 2026-01-01: no board with this firmware lives earlier. */
const LEAST_TIME = 1767225600000;

/** Variables that a transfer takes above the idle image; bytes of native heap that one TLS link takes. */
const TRANSFER_VARIABLES = 2000, TLS_HEAP = 47000;

/** A record that is written, read back and erased. */
const RECORD = "self.test";

function wrong(right: boolean): string {
  return right ? "" : "another answer than the published one: what this build signs is worth nothing";
}

function clockFault(platform: Platform): string {
  if (!platform.clock.isSet()) return "never set: device.syncTime()";
  const now = platform.clock.now();
  return now < LEAST_TIME ? "shows " + new Date(now).toISOString() + ": device.syncTime()" : "";
}

function memoryFault(platform: Platform): string {
  const memory = platform.memory.variables(), heap = platform.memory.nativeHeap();
  const free = memory.total - memory.used;
  if (free < TRANSFER_VARIABLES) return free + " variables are free, a transfer takes " + TRANSFER_VARIABLES + ": restart the board";
  if (heap !== undefined && heap < TLS_HEAP) return heap + " bytes of native heap are free, TLS takes " + TLS_HEAP + ": a module with PSRAM, or a build with a larger reserve";
  return "";
}

function storageFault(platform: Platform): string {
  let bytes = "";
  for (let i = 0; i < 256; i++) bytes += String.fromCharCode(i);
  const written = platform.flash.write(RECORD, bytes) && platform.flash.read(RECORD) == bytes;
  platform.flash.erase(RECORD);
  return written ? "" : 'flash does not keep what is written: require("Storage").getFree()';
}

/** An ESP32's generator begins with fixed seeds; that ours was given another cannot be seen, only that it moves. */
function randomFault(platform: Platform): string {
  const first = platform.random.bytes(16), second = platform.random.bytes(16);
  return first != second && first.length == 16 && first != first[0] + first.substr(0, 15) ? "" : "the generator repeats itself";
}

/** What is wrong with the part `name`, "" if nothing is. */
function fault(platform: Platform, name: string): string {
  const hash = platform.hash;
  switch (name) {
    case "SHA-256":
      return wrong(hashesRight(hash));
    case "HMAC":
      return wrong(macsRight(hash));
    case "CRC-32":
      return wrong(hash.crc32("456789", hash.crc32("123", 0)) == 0xcbf43926);
    case "hex":
      return wrong(hexRight(hash));
    case "signing key":
      return wrong(derivesRight(hash));
    case "signature":
      return wrong(signsRight(hash));
    case "chunk signature":
      return wrong(chunksRight(hash));
    case "clock":
      return clockFault(platform);
    case "memory":
      return memoryFault(platform);
    case "storage":
      return storageFault(platform);
  }
  return randomFault(platform);
}

/** Runs every check and tells of each in one line. */
export function selfTest(platform: Platform): SelfTestResult {
  const result: SelfTestResult = { passed: [], failed: [] };
  for (const name of "SHA-256,HMAC,CRC-32,hex,signing key,signature,chunk signature,clock,memory,storage,random".split(",")) {
    let what: string;
    try {
      what = fault(platform, name);
    } catch (error) {
      what = "" + ((error as any).message || error);
    }
    (what ? result.failed : result.passed).push(name);
    platform.console.print((what ? "FAILED " : "ok     ") + name + (what ? ": " + what : ""));
  }
  return result;
}

/** device.selfTest(). This module is let go before a server is asked: TLS needs the memory. */
export const selfTestCommand: SeldomCommand = function (services, started, done) {
  const result = selfTest(services.platform);
  const missing = withModule<typeof trust, SelfTestResult>(services.platform, "trust", (module, told) => module.askForTrust(services, result, told), done);
  if (missing) done(undefined, result);
  return true;
};
