// device.log(line): lines of programs on the same board, gathered for a moment and appended to the active log in one piece.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { activeName, isDue, nextActive, readActive } from "../logs/active";
import type { ActiveLog } from "../logs/active";
import type { FileInfo, Platform } from "../platform/ports";
import { directoryOf } from "./shipRules";
import type { SeldomCommand, Services } from "./seldom";

/** Milliseconds in which lines are gathered; bytes after which a new log is begun. */
const GATHER = 200, MAX_BYTES = 1048576;
/** Bytes of lines that may wait, at least and at most. */
const LEAST = 500, MOST = 8000;

/** Begins a log with a name that no file has. */
function rotate(platform: Platform, directory: string, old: ActiveLog | undefined): ActiveLog | undefined {
  let next = nextActive(platform, old);
  for (let tries = 0; next && tries < 100 && platform.files.stat(directory + activeName(next)); tries++) next = nextActive(platform, next);
  return next;
}

/** Appends whole lines; what is in the file when this answers undefined survives a loss of power. */
function append(services: Services, text: string): Failure | undefined {
  const { platform, context } = services;
  const { logs, card } = context.settings() as { [section: string]: any };
  const files = platform.files;
  if (!logs || !logs.directory) return failure("settings", "logs: missing", 'device.configure({logs:{directory:"logs"}})');
  const unmounted = files.mount(card);
  if (unmounted) return unmounted;
  const directory = directoryOf(logs);
  let active = readActive(platform.flash);
  let info: FileInfo | undefined = active && files.stat(directory + activeName(active));
  if (!active || isDue(platform, active, logs.maxSeconds) || (info && info.size + text.length > (logs.maxBytes || MAX_BYTES))) {
    const next = rotate(platform, directory, active);
    if (next) info = undefined;
    // Where flash takes no record the old log goes on.
    active = next || active;
  }
  if (!active) return failure("storage", "The flash does not take the number of the log", "Erase files from Storage that are not needed.");
  const path = directory + activeName(active);
  const file = files.open(path, "a");
  if (!file) return failure("card", "The card does not open " + path, "Is the card in and not full? Is there a directory " + directory + " on it? require('fs').mkdirSync makes one.");
  const whole = file.write(text, true);
  file.close();
  if (whole) return undefined;
  const now = files.stat(path);
  // Half a line may stand at its end: the next lines go to another log.
  if (now && now.size > (info ? info.size : 0)) rotate(platform, directory, active);
  return now
    ? failure("card-full", "The card did not take all of " + text.length + " bytes of lines", "Make room: device.ship() with logs.afterUpload \"delete\", or remove files.")
    : failure("card", "The card no longer shows " + path, "Is the card in?");
}

/** Waits a moment for more lines, then writes all of them. */
export const logCommand: SeldomCommand = function (services, started, done) {
  const platform = services.platform;
  const lines = services.lines!;
  // More may wait from here on; while memory is too short for this module, and it is not loaded, little.
  const memory = platform.memory.variables();
  const room = (memory.total - memory.used) * 2;
  lines.most = room < LEAST ? LEAST : room > MOST ? MOST : room;
  platform.timers.after(GATHER, function () {
    const { text, lost } = lines;
    lines.text = "";
    lines.lost = 0;
    lines.said = undefined;
    lines.most = LEAST;
    const failed = append(services, text);
    done(failed || (lost ? failure("memory", lost + " lines were not taken: too many waited to be written", "Wait for the promise of device.log now and then.") : undefined), { bytes: text.length });
  });
};
