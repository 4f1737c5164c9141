// Questions for settings and files, on a terminal. Each answer is checked at once by what checks a file of settings.
import type { Values } from "../../src/device/settings/check";
import { UNREADABLE, Trouble } from "../trouble";
import { Findings } from "./finding";
import { checkForBoard, toByteStrings } from "./settings";

/** True, or why not. */
type Validate = (answer: string) => true | string;

/** Who asks: a terminal, or a test. */
export interface Asker {
  input(question: { message: string; default?: string; validate?: Validate }): Promise<string>;
  /** What is typed is not shown. */
  password(question: { message: string; mask: true; validate?: Validate }): Promise<string>;
  confirm(question: { message: string; default: boolean }): Promise<boolean>;
  select(question: { message: string; choices: { name: string; value: string }[]; default?: string }): Promise<string>;
}

/** Asks on a terminal. Ctrl-C ends the command before anything is written. */
export async function terminalAsker(streams: { input?: NodeJS.ReadableStream; output?: NodeJS.WritableStream } = {}): Promise<Asker> {
  const prompts = await import("@inquirer/prompts");
  const ask = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if ((error as Error).name !== "ExitPromptError") throw error;
      throw new Trouble("Stopped: nothing was written", "", UNREADABLE);
    }
  };
  return {
    input: (question) => ask(prompts.input(question, streams)),
    password: (question) => ask(prompts.password(question, streams)),
    confirm: (question) => ask(prompts.confirm(question, streams)),
    select: (question) => ask(prompts.select(question, streams)),
  };
}

/** A value at a path of the settings, or undefined. */
function valueAt(settings: Values, path: string): any {
  return path.split(".").reduce((value: any, name) => (value && typeof value === "object" ? value[name] : undefined), settings);
}

/** A copy of `settings` with a value put in its place; an empty text takes it away. */
function withValue(settings: Values, path: string, value: string): Values {
  const copy = structuredClone(settings);
  const names = path.split("."), last = names.pop()!;
  let section = copy;
  for (const name of names) section = section[name] ??= {};
  if (value === "") delete section[last];
  else section[last] = toByteStrings(value);
  return copy;
}

/** Asks for what an ordinary board needs. `present` is offered as it stands; a secret stays when nothing is typed. */
export async function askSettings(asker: Asker, present: Values): Promise<Values> {
  let settings: Values = structuredClone(present);

  const validate = (path: string): Validate => (answer) => {
    const findings = new Findings();
    checkForBoard(withValue(settings, path, answer.trim()), findings);
    return findings.list.find(({ level, about }) => level === "error" && about === path)?.text ?? true;
  };

  async function text(path: string, message: string, suggestion = ""): Promise<string> {
    const old = valueAt(settings, path);
    const shown = typeof old === "string" ? Buffer.from(old, "latin1").toString("utf8") : suggestion;
    const answer = (await asker.input({ message, ...(shown ? { default: shown } : {}), validate: validate(path) })).trim();
    settings = withValue(settings, path, answer);
    return answer;
  }

  async function secret(path: string, message: string): Promise<void> {
    const kept = valueAt(settings, path) !== undefined;
    const answer = await asker.password({ message: message + (kept ? " (empty: as it is)" : ""), mask: true, validate: (typed) => (typed === "" && kept ? true : validate(path)(typed)) });
    if (answer !== "" || !kept) settings = withValue(settings, path, answer);
  }

  await text("wifi.ssid", "Name of the WiFi network (2.4 GHz)");
  await secret("wifi.password", "Its password");
  const card = settings["card"] ?? { cs: "D5", sck: "D18", miso: "D19", mosi: "D23" };
  settings = { ...settings, card };
  if (!(await asker.confirm({ message: `Is the card at CS ${card.cs}, SCK ${card.sck}, MISO ${card.miso}, MOSI ${card.mosi}?`, default: true }))) {
    for (const pin of ["cs", "sck", "miso", "mosi"]) await text(`card.${pin}`, `Pin of the card's ${pin.toUpperCase()}`);
  }
  await text("s3.bucket", "Bucket for the logs (aws s3 ls)");
  await text("s3.region", "Its region", "eu-central-1");
  const source = await asker.select({
    message: "What are requests to S3 signed with?",
    choices: [
      { name: "credentials that AWS IoT gives for the certificate of the thing (better)", value: "iot" },
      { name: "an access key of its own (good for a first evening)", value: "static" },
    ],
    default: valueAt(settings, "credentials.source") ?? "iot",
  });
  // What belongs to the other source would be a leftover.
  if (valueAt(settings, "credentials.source") !== source) settings = { ...settings, credentials: { source } };
  if (source === "iot") {
    await text("credentials.endpoint", "Endpoint of the credentials provider (aws iot describe-endpoint --endpoint-type iot:CredentialProvider)");
    await text("credentials.roleAlias", "Role alias (aws iot list-role-aliases)");
    await text("credentials.thingName", "Name of the thing (aws iot list-things)");
  } else {
    await text("credentials.accessKeyId", "Access key id");
    await secret("credentials.secretAccessKey", "Secret access key");
  }
  if (await asker.confirm({ message: "Does the board talk to AWS IoT (MQTT, shadow, jobs)?", default: !!settings["iot"] })) {
    await text("iot.endpoint", "Endpoint (aws iot describe-endpoint --endpoint-type iot:Data-ATS)");
    await text("iot.thingName", "Name of the thing", valueAt(settings, "credentials.thingName"));
  } else delete settings["iot"];
  const thing = valueAt(settings, "iot.thingName") ?? valueAt(settings, "credentials.thingName");
  await text("s3.prefix", "What keys begin with", thing ? thing + "/" : "");
  return settings;
}
