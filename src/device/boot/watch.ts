// What stays in memory of a board that works by itself: what wakes the next step, and what hears of faults and of the network. All rules
// are in modules that are loaded for a moment.
import { find } from "../../bytes/find";
import { borrow } from "../../flow/withModule";
import type * as bootgo from "../../modules/bootgo";
import type * as faults from "../../modules/faults";
import type { Services } from "../seldom";
import type { Commands, Life } from "./life";

/** Milliseconds until a busy board, or one short of memory, is looked at again; the variables that looking takes. */
const BUSY = 5000, SPARE = 500;
/** After an event of the network: some come together. */
const SETTLE = 500;
/** A fault is written soon, because the board may not live long; the next ones together. */
const FIRST = 1000, NEXT = 600000;
/** A step that has not ended so long after a fault was broken off by it, and nobody will tell of its end. */
const STUCK = 900000;
/** Letters kept of a fault. */
const WORDS = 60;

function ignore(): void {}

/** Listens; answers what goes on with the work, to be called by a timer. Few names: each is a variable as long as the board works. */
export function watch(services: Services, device: Commands, life: Life): () => void {
  /** Starts the step that was chosen, or has the next one chosen. `outcome`: of the step that went on. */
  function go(outcome?: unknown): void {
    const { platform, runner } = services;
    const name = life.next;
    if (outcome !== undefined) life.out = outcome;
    delete life.next;
    life.wake = platform.timers.cancel(life.wake);
    // From here, with no module of ours in memory but this one.
    if (name) return void device()[name]!(life.opt).then(go, go);
    // In any case: memory may run out from here on.
    life.wake = platform.timers.after(BUSY, go);
    const memory = platform.memory.variables();
    if (!runner.busyWith() && memory.total - memory.used >= SPARE) borrow<typeof bootgo, void>(platform, "bootgo", (module) => module.go(services, life, go));
  }

  function networked(): void {
    const { network, timers } = services.platform;
    // A transfer that goes on needs it now, not when it has failed.
    if (life.step != 1 && services.runner.busyWith() && network.state() == "off") network.up(services.context.settings()["wifi"], ignore);
    if (life.step) return;
    timers.cancel(life.wake);
    life.wake = timers.after(SETTLE, go);
  }

  /** An exception that nobody caught, or the error flags. */
  function fault(about: any): void {
    const { platform } = services;
    const { timers } = platform;
    const flags = about instanceof Array;
    let text = "" + ((about && about.message) || about);
    // A handshake that failed: a failure tells of it.
    if (find(text, "mbedtls_") >= 0) return;
    // What a person typed wrong is no fault of the board.
    if (about && about.stack && find(about.stack, "at REPL") >= 0) throw about;
    if (!flags) {
      if (find(text, "recursion") >= 0) life.deep = (life.deep || 0) + 1;
      else life.exc = (life.exc || 0) + 1;
    } else if (find("," + about, ",MEMORY") >= 0) {
      life.mem = (life.mem || 0) + 1;
      // Else the next time would not be told.
      platform.board!.E.getErrorFlags();
    } else {
      // Memory ran short, and was found: written with what comes next.
      if (find(text, "LOW_MEMORY") >= 0) life.low = (life.low || 0) + 1;
      return;
    }
    // Flash keeps no word of the program: what is quoted in a message may be a secret that somebody typed without quotes.
    const type = about && about.type;
    const parts = text.split('"');
    if (parts.length > 2) text = parts[0] + '"..."' + parts[parts.length - 1];
    life.last = (type == "SyntaxError" ? type : (type ? type + ": " : "") + text).substr(0, WORDS);
    if (!life.save) life.save = timers.after(life.kept ? NEXT : FIRST, () => void borrow<typeof faults, void>(platform, "faults", (module) => module.keep(platform, life)));
    if (life.step && !life.sick) life.sick = timers.after(STUCK, () => void borrow<typeof faults, void>(platform, "faults", (module) => module.unstick(platform, life, STUCK)));
    // Printed as ever.
    if (!flags) throw about;
  }

  const board = services.platform.board!;
  board.process.on("uncaughtException", fault);
  board.E.on("errorFlag", fault);
  if (board.wifi) {
    board.wifi.on("connected", networked);
    board.wifi.on("disconnected", networked);
  }
  return go;
}
