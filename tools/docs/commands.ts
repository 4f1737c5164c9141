// docs/commands.md, made from the code: the texts of device.help(), the functions of `device`, and what they say of their options.
import { readFileSync } from "node:fs";
import { createDevice } from "../../src/device/device";
import { helpLines } from "../../src/device/help";
import { wantedFault } from "../../src/s3/downloads/range";
import { readPutOptions } from "../../src/s3/putOptions";
import { createHost } from "../../test/host/host";

/** The guide that tells more, by command. A command without one has all of it in its entry. */
const GUIDES: Record<string, string> = {
  why: "failures.md", selfTest: "failures.md", configure: "settings.md",
  put: "uploads.md", resume: "uploads.md", get: "objects.md",
  head: "objects.md", list: "objects.md", remove: "objects.md", presign: "objects.md", putUrl: "objects.md", getUrl: "objects.md", aliases: "objects.md",
  connect: "mqtt.md", disconnect: "mqtt.md", publish: "mqtt.md", subscribe: "mqtt.md", unsubscribe: "mqtt.md", shadow: "shadow.md",
  ship: "logs.md", log: "logs.md", update: "updates.md",
};

/** Enough for a command to look at its options. */
const SETTINGS = JSON.stringify({
  s3: { bucket: "my-device-logs", region: "eu-central-1" }, credentials: { source: "static", accessKeyId: "AKIA...", secretAccessKey: "..." },
  iot: { endpoint: "a1b2c3-ats.iot.eu-central-1.amazonaws.com", thingName: "board-17" },
});

/** `device` as the code makes it. */
const device = () => createDevice(createHost().platform)() as unknown as Record<string, unknown>;

/** Every function of `device` by its path: "put", "shadow.get". */
export function deviceFunctions(): string[] {
  return Object.entries(device()).flatMap(([name, value]) => (typeof value === "function" ? [name] : Object.keys(value as object).map((inner) => `${name}.${inner}`)));
}

/** The module of each command that is not in the image itself, as device.ts names it. */
export function commandModules(): Record<string, string> {
  const source = readFileSync(new URL("../../src/device/device.ts", import.meta.url), "utf8");
  const modules: Record<string, string> = {};
  let command = "", group = "";
  for (const line of source.split("\n")) {
    // What stands below a name of its own, "shadow", is made by a function shadowCommands.
    group = line.match(/^function (?!create)(\w+)Commands\(/)?.[1] ?? (line === "}" ? "" : group);
    command = group || (line.match(/^    (\w+): (?:function|\{|\()/)?.[1] ?? command);
    const module = line.match(/seldom\("(\w+)"/)?.[1];
    if (module && command) modules[command] ??= module;
  }
  return modules;
}

/** Names, what each should be and an example, as device.put says them when they are wrong. */
export function putOptions(): { name: string; kind: string; example: string }[] {
  const say = (options: object) => readPutOptions(options, {}) as { message: string; hint: string };
  return say({ "?": 1 }).hint.replace("Known options: ", "").split(", ").map((name) => {
    const { message, hint } = say({ [name]: NaN });
    return { name, kind: message.replace(/^.*?, should be /, ""), example: hint.replace("For example ", "") };
  });
}

/** What a command says of its options when it gets one that it does not know. */
async function knownOptions(name: string): Promise<string[]> {
  const strange = { "?": 1 };
  const tries: unknown[][] = [[strange], ["a", strange], ["a", "b", strange], ["a", () => undefined, strange]];
  for (const given of tries) {
    const host = createHost();
    host.platform.flash.write("settings.json", SETTINGS);
    const command = (createDevice(host.platform)() as any)[name] as (...given: unknown[]) => Promise<unknown>;
    const failed = await host.time.settled(command(...given)).then(() => undefined, (failed) => failed);
    const found = String(failed?.hint).match(/^Known options: (.*)$/);
    if (found) return found[1]!.split(", ");
  }
  return [];
}

/** The options of a command as the lines of its entry. */
async function optionLines(name: string, signature: string): Promise<string[]> {
  if (!signature.includes("options")) return [];
  if (name === "put") {
    const cell = (text: string) => text.replace(/\|/g, "\\|");
    return ["", "| option | should be | example |", "|---|---|---|", ...putOptions().map(({ name, kind, example }) => `| \`${name}\` | ${cell(kind)} | \`${cell(example)}\` |`)];
  }
  const known = name === "get" ? wantedFault({ "?": 1 })!.hint.replace("Known options: ", "").split(", ") : await knownOptions(name);
  return known.length ? ["", `Options: ${known.map((option) => `\`${option}\``).join(", ")}.`] : [];
}

/** One command's entry. */
async function entry(name: string, modules: Record<string, string>): Promise<string[]> {
  const [signature, text] = (helpLines(name) as string[])[0]!.split("\n  ") as [string, string];
  const inner = deviceFunctions().filter((path) => path.startsWith(name + "."));
  const lines = [`## device.${name}`, ""];
  lines.push(...["```", ...(inner.length ? inner.map((path) => `device.${path}${signatureOf(path.slice(name.length + 1), signature + " " + text)}`) : [signature]), "```", ""]);
  lines.push((/^\w+\(/.test(text) ? text : text[0]!.toUpperCase() + text.slice(1)) + ".");
  lines.push(...(await optionLines(name, signature)));
  const module = modules[name];
  lines.push("", module ? `In the module \`${module}\`${module[0] === "i" ? ", beside a transfer as well" : ", one transfer at a time"}.` : "In the image itself: needs no module.");
  if (GUIDES[name]) lines.push(`More: [${GUIDES[name]!.replace(".md", "")}](${GUIDES[name]}).`);
  return [...lines, ""];
}

/** "(state, name?)" of ".report(state, name?)". */
function signatureOf(name: string, text: string): string {
  return text.match(new RegExp(`\\.${name}(\\([^)]*\\))`))?.[1] ?? "()";
}

/** The whole page. */
export async function commandsPage(): Promise<string> {
  const names = Object.keys(device());
  const modules = commandModules();
  const ordered = (helpLines(undefined) as string[]).map((line) => line.match(/^device\.(\w+)/)![1]!);
  const lines = [
    "# Commands",
    "",
    "Made from the code by `npm run docs`: do not edit. Every command returns a promise; at the console it prints progress and one line of result.",
    "Its promise rejects with a [failure](failures.md). A question mark stands after what may be left out.",
    "",
    "| command | what it does |",
    "|---|---|",
    ...ordered.map((name) => `| [\`${name}\`](#device${name.toLowerCase()}) | ${(helpLines(name) as string[])[0]!.split("\n  ")[1]!.split(/[;:] |: /)[0]!} |`),
    "",
  ];
  for (const name of ordered.filter((name) => names.includes(name))) lines.push(...(await entry(name, modules)));
  return lines.join("\n").trimEnd() + "\n";
}
