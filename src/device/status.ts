// device.status(): what a person looks at first when something does not work.
import { borrow } from "../flow/withModule";
import type * as faults from "../modules/faults";
import type * as shiptell from "../modules/shiptell";
import type * as trial from "../modules/trial";
import type { IotState, Phase } from "../iot/state";
import type { Platform } from "../platform/ports";
import { bucketAddress } from "../s3/address";
import { VERSION } from "../version";
import type { Faults } from "./boot/faults";
import type { Runner } from "./command";
import type { Context } from "./context";
import type { ShipStatus } from "./shipTell";
import type { Values } from "./settings/check";
import type { Verdict } from "./trust";

export interface Status {
  version: string;
  /** ISO 8601, or "not set". */
  time: string;
  network: string;
  variables: { used: number; total: number };
  /** Bytes of native heap; absent where TLS lives in the variables. */
  nativeHeap?: number;
  /** What is wrong with the settings, one line each; empty also where memory is too short to look, beside an open link. */
  mistakes: string[];
  /** Where the bucket is, "" without s3 settings. */
  bucket: string;
  /** The transfer that is going on, "" if none is. */
  busy: string;
  /** True if a root certificate is in flash. Whether this interpreter checks it is another matter: */
  rootCertificate: boolean;
  /** Does it check the server's certificate, and its name? "unknown" until the trust probe was run. */
  trust: Verdict;
  serverName: Verdict;
  /** The link to AWS IoT, where the settings have iot, or messages wait for it. */
  iot?: IotStatus;
  /** Which image runs, on a board that was updated. */
  image?: ImageStatus;
  /** Starts and faults of a board that works by itself, or did. */
  faults?: Faults;
  /** The log shipper, after its first run began. */
  logs?: ShipStatus;
}

export interface ImageStatus {
  /** The ending of its records; "" is the flashed one, which updates have not replaced. */
  ending: string;
  /** Of its manifest; 0 for the flashed one. */
  version: number;
  /** It was not confirmed yet. */
  trial: boolean;
  /** The version that was rolled back last. */
  rolledBack?: number;
  /** The same in a line. */
  line: string;
}

export interface IotStatus {
  link: Phase;
  /** "" while neither the settings nor a link know it. */
  clientId: string;
  /** The settings want none to be kept. */
  cleanSession: boolean;
  /** The broker still had the session when it took the last connection; absent before the first. */
  sessionPresent?: boolean;
  /** Connections that the broker took since the start. */
  connects: number;
  /** Why the last one was lost or did not come about, "" if none was. */
  lost: string;
  /** Seconds since then. */
  lostAgo?: number;
  subscriptions: number;
  /** Messages that wait for an acknowledgement, and in flash for a link. */
  unacknowledged: number;
  queued: number;
  /** Milliseconds in which the last transfer got the TLS slot, and the link was up again after it. */
  yielded: number;
  returned: number;
  /** The same in a line. */
  line: string;
}

/** Variables that checking the settings takes for a moment. */
const CHECK = 1500;

/** `state` has nothing until a link, or a message, was asked for. */
function linkStatus(platform: Platform, state: Partial<IotState>, settings: Values, queued: number): IotStatus {
  const { session, sessionPresent: had } = state;
  const id = session ? session.clientId : settings["clientId"] || settings["thingName"] || "";
  const status: IotStatus = {
    link: state.phase || "off", clientId: id, cleanSession: !!settings["cleanSession"], connects: state.connects || 0, lost: state.lost || "",
    subscriptions: session ? session.subscriptions.length : 0, unacknowledged: session ? session.outgoing.length : 0, queued: queued, yielded: state.yielded || 0, returned: state.returned || 0, line: "",
  };
  if (had !== undefined) status.sessionPresent = had;
  status.line = status.link + ", " + queued + " messages waiting; " + id + ", session " + (status.cleanSession ? "clean" : "kept") + (had ? " and found" : had === false ? ", a new one" : "");
  if (state.lost) {
    status.lostAgo = Math.round((platform.clock.ticks() - state.lostAt!) / 1000);
    status.line += "; last loss " + status.lostAgo + " s ago: " + state.lost;
  }
  return status;
}

function readStatus(platform: Platform, context: Context, runner: Runner): Status {
  const variables = platform.memory.variables();
  const mistakes = variables.total - variables.used < CHECK ? [] : context.mistakes();
  const settings = context.settings();
  const s3 = settings["s3"];
  const address = s3 && !mistakes.length ? bucketAddress(s3) : undefined;
  const trust = context.trust;
  const status: Status = {
    version: VERSION,
    time: platform.clock.isSet() ? new Date(platform.clock.now()).toISOString() : "not set",
    network: platform.network.state(),
    variables: variables,
    mistakes: mistakes.map((mistake) => mistake.message),
    bucket: address ? address.hostHeader + address.root : "",
    busy: runner.busyWith(),
    rootCertificate: platform.flash.read("ca.der") !== undefined,
    trust: trust ? trust.certificate : "unknown",
    serverName: trust ? trust.serverName : "unknown",
  };
  const queued = platform.flash.list("q.").length;
  if (runner.iot || settings["iot"] || queued) status.iot = linkStatus(platform, runner.iot || {}, settings["iot"] || {}, queued);
  if (platform.modules.generation !== undefined) borrow<typeof trial, void>(platform, "trial", (module) => module.tellImage(platform, status));
  if (runner.life || platform.flash.read("boot.json")) borrow<typeof faults, void>(platform, "faults", (module) => void (status.faults = module.tellFaults(platform, runner.life)));
  if (runner.ship) borrow<typeof shiptell, void>(platform, "shiptell", (module) => module.tellShip(platform, runner.ship!, status));
  const heap = platform.memory.nativeHeap();
  if (heap !== undefined) status.nativeHeap = heap;
  return status;
}

/** The status in lines. */
function statusLines(status: Status): string[] {
  const memory = status.variables;
  const lines = [
    "espruino-aws " + status.version,
    "time      " + status.time + (status.time == "not set" ? " (device.syncTime())" : ""),
    "network   " + status.network,
    "memory    " + memory.used + " of " + memory.total + " variables" + (status.nativeHeap === undefined ? "" : ", " + status.nativeHeap + " bytes of native heap free"),
    "bucket    " + (status.bucket || "not set"),
    "TLS trust certificate " + status.trust + ", server's name " + status.serverName + (status.trust == "unknown" ? " (device.selfTest())" : "") + "; root " + (status.rootCertificate ? "in flash" : "missing (ca.der)"),
  ];
  const iot = status.iot;
  if (iot) lines.push("MQTT      " + iot.line);
  if (status.image) lines.push("image     " + status.image.line);
  if (status.faults) lines.push("boot      " + status.faults.line);
  if (status.logs) lines.push("logs      " + status.logs.line);
  if (status.busy) lines.push("busy      " + status.busy);
  return lines.concat(status.mistakes.map((mistake) => "settings  " + mistake));
}

/** Prints the status and answers it. */
export function tellStatus(platform: Platform, context: Context, runner: Runner): Status {
  const status = readStatus(platform, context, runner);
  for (const line of statusLines(status)) platform.console.print(line);
  return status;
}
