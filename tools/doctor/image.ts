// The interpreter, the image in its flash, and the room beside it.
import { differing, type Finding, flashFindings, readRecords } from "../flash/facts";
import { ok, type Patient, warning, wrong } from "./findings";

/** Free bytes of Storage below which settings, journals and queued messages get short. */
const ROOM = 16_384;

/** The interpreter itself: version, modules, memory. */
export function interpreterFindings({ facts }: Pick<Patient, "facts">): Finding[] {
  const { heap } = facts;
  // The room for the image is another question once it is there. What is in use now belongs to the memory of a board that runs.
  const findings = flashFindings(facts, [], {}).filter(({ what }) => what !== "Storage");
  return findings.map((one) => (one.what === "memory" && one.state === "ok" ? { ...one, found: `${facts.variables.usage} of ${facts.variables.total} variables in use` + (heap === undefined ? "" : `, ${heap} bytes of native heap free`) } : one));
}

/** The records against those of the desktop's build. */
export async function imageFindings({ repl, image, status, facts }: Patient): Promise<Finding[]> {
  const findings: Finding[] = [];
  const free = facts.storage.free + facts.storage.trash;
  findings.push(free < ROOM ? warning("Storage", `${free} bytes free`, 'Erase what is not needed: require("Storage").list() shows it.') : ok("Storage", `${free} bytes free`));
  if (!image) return [warning("image", `espruino-aws ${status.version}; there is no built image here to compare it with`, "npm run build"), ...findings];
  // After an update the records of the generation that runs have its ending (docs/updates.md).
  const ending = await repl.evaluate<string>('typeof _fw=="string"?_fw:""');
  const inFlash = (name: string) => (!ending ? name : name === ".bootcde" ? `.fw${ending}` : name + ending);
  const read = await readRecords(repl, image.map(({ entry }) => inFlash(entry.name)));
  const found = Object.fromEntries(image.map(({ entry }) => [entry.name, read[inFlash(entry.name)] ?? null]));
  const names = differing(image, found), missing = names.filter((name) => !found[name]);
  const running = `espruino-aws ${status.version}${ending ? ", by update" : ""}`;
  if (!names.length) return [ok("image", `${running}, ${image.length} records as built here`), ...findings];
  const part = `${names.length} of ${image.length} records`;
  if (names.includes(".bootcde")) {
    return [missing.length ? wrong("image", `${running}, another build than here, without ${missing.join(", ")}`, "espruino-aws flash") : warning("image", `${running}, another build than here: ${part} differ`, "If it should be this one: espruino-aws flash"), ...findings];
  }
  return [wrong("image", `${running}, but ${part} are missing or wrong: ${names.join(", ")}`, "espruino-aws flash"), ...findings];
}

/** What the board has counted of its own life, and what failed last. */
export function lifeFindings({ status }: Patient, last: { code: string; message: string; hint: string } | null): Finding[] {
  const findings: Finding[] = [];
  if (status.faults) findings.push(status.faults.mode === "safe" ? wrong("starts", status.faults.line, "Safe mode: nothing runs by itself. Mend what is wrong here, leave the board on for two minutes, then restart it.") : ok("starts", status.faults.line));
  if (status.logs) findings.push(status.logs.failed ? warning("logs", status.logs.line, "espruino-aws logs") : ok("logs", status.logs.line));
  findings.push(last ? warning("last failure", `${last.code}: ${last.message}`, last.hint) : ok("last failure", "none since the start"));
  return findings;
}
