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
/** Letters kept of a fault. */
const WORDS = 60;

/** Listens; answers what goes on with the work, to be called by a timer. */
export function watch(services: Services, device: Commands, life: Life): () => void {
  const { platform, runner } = services;
  const { timers } = platform;
  const board = platform.board!;

  /** Starts the step that was chosen, or has the next one chosen. `outcome`: of the step that went on. */
  function go(outcome?: unknown): void {
    const name = life.next;
    if (outcome !== undefined) life.out = outcome;
    life.next = "";
    timers.cancel(life.wake);
    // From here, with no module of ours in memory but this one.
    if (name) return void device[name]!().then(go, go);
    const memory = platform.memory.variables();
    if (runner.busyWith() || memory.total - memory.used < SPARE || borrow<typeof bootgo, void>(platform, "bootgo", (module) => module.go(services, device, life, go))) {
      life.wake = timers.after(BUSY, go);
    }
  }

  function networked(): void {
    if (life.step) return;
    timers.cancel(life.wake);
    life.wake = timers.after(SETTLE, go);
  }

  /** An exception that nobody caught, or the error flags. */
  function fault(about: any): void {
    const { rec } = life;
    const flags = about instanceof Array;
    const text = ("" + ((about && about.message) || about)).substr(0, WORDS);
    // A handshake that failed: a failure tells of it.
    if (find(text, "mbedtls_") >= 0) return;
    if (!flags) {
      if (find(text, "recursion") >= 0) rec.deep++;
      else rec.exc++;
    } else if (find("," + about, ",MEMORY") >= 0) {
      rec.mem++;
      // Else the next time would not be told.
      board.E.getErrorFlags();
    } else {
      // Memory ran short, and was found: written with what comes next.
      if (find(text, "LOW_MEMORY") >= 0) rec.low++;
      return;
    }
    rec.last = text;
    if (!life.save) {
      life.save = timers.after(life.kept++ ? NEXT : FIRST, () => void borrow<typeof faults, void>(platform, "faults", (module) => module.keep(platform, life)));
    }
    // Printed as ever.
    if (!flags) throw about;
  }

  board.process.on("uncaughtException", fault);
  board.E.on("errorFlag", fault);
  if (board.wifi) {
    board.wifi.on("connected", networked);
    board.wifi.on("disconnected", networked);
  }
  return go;
}
