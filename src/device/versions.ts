// The newest version of each verified file that the board has accepted, in flash: an older one is a replay. In two slots, as a journal: a power
// cut while one is written loses neither.
import { hexNumber } from "../bytes/hex";
import type { Platform } from "../platform/ports";
import { readJournal, writeJournal } from "../s3/journal";

interface Accepted {
  name: string;
  version: number;
}

function recordName(platform: Platform, name: string): string {
  return "ver." + hexNumber(platform.hash.crc32(name, 0), 8);
}

/** 0 if none was. */
export function acceptedVersion(platform: Platform, name: string): number {
  const kept = readJournal<Accepted>(platform, recordName(platform, name));
  return kept && kept.record.name == name ? kept.record.version : 0;
}

/** Notes that `version` of `name` was accepted; false if flash is full. */
export function acceptVersion(platform: Platform, name: string, version: number): boolean {
  const record = recordName(platform, name);
  const kept = readJournal<Accepted>(platform, record);
  if (kept && kept.record.name == name && kept.record.version >= version) return true;
  return writeJournal(platform, record, kept ? kept.generation + 1 : 0, { name: name, version: version });
}
