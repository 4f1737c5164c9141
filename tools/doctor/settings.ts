// Settings and credentials by their shape. No secret is read.
import type { Finding } from "../flash/facts";
import { ok, type Patient, warning, wrong } from "./findings";

export function settingsFindings({ settings, status }: Pick<Patient, "settings" | "status">): Finding[] {
  if (!settings) return [wrong("settings", "there are none, or they cannot be read", "espruino-aws provision")];
  const findings = status.mistakes.map((mistake) => wrong("settings", mistake, "device.configure({...}) or espruino-aws provision"));
  const missing = ["s3", "credentials"].filter((name) => !settings.sections.includes(name));
  if (missing.length) findings.push(wrong("settings", `${missing.join(" and ")} missing`, "espruino-aws provision"));
  return findings.length ? findings : [ok("settings", settings.sections.join(", "))];
}

/** Access keys as AWS makes them: 20 characters from AKIA or, temporary, ASIA; a secret of 40. */
export function credentialsFindings({ settings }: Pick<Patient, "settings">): Finding[] {
  if (!settings || !settings.sections.includes("credentials")) return [];
  const what = "credentials", again = "Copy the key again, whole: espruino-aws provision";
  if (settings.source === "iot") {
    return [settings.roleAlias ? ok(what, "from AWS IoT, by the board's certificate") : wrong(what, "from AWS IoT, without roleAlias", "docs/credentials.md")];
  }
  if (settings.source !== "static") return [wrong(what, `source is "${settings.source}"`, 'credentials.source is "iot" or "static".')];
  const { accessKeyStart: start, accessKeyLength: length, secretLength, hasToken } = settings;
  if (start !== "AKIA" && start !== "ASIA") return [wrong(what, "accessKeyId begins neither with AKIA nor with ASIA", again)];
  if (length !== 20) return [warning(what, `accessKeyId has ${length} characters, AWS makes 20`, again)];
  if (secretLength !== 40) return [warning(what, `secretAccessKey has ${secretLength} characters, AWS makes 40`, again)];
  if (start === "ASIA" && !hasToken) return [wrong(what, "a temporary key (ASIA) without sessionToken", "Give the token, too; it runs out within hours.")];
  if (start === "AKIA" && hasToken) return [wrong(what, "a lasting key (AKIA) with a sessionToken", "Take the token away: device.configure({credentials:{sessionToken:null}})")];
  return [hasToken ? warning(what, "a temporary key, which runs out", "Better: the board's certificate (docs/credentials.md).") : warning(what, "a lasting key in flash, good for whoever reads it", "Better: the board's certificate (docs/credentials.md).")];
}
