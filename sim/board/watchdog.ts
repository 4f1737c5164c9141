// The watchdog: reboots a board whose idle loop, or whose program, has stopped.
export class Watchdog {
  private timer: NodeJS.Timeout | undefined;
  private seconds = 0;

  /** @param bite what happens when nobody kicked it in time */
  constructor(private readonly bite: () => void) {}

  /** @param automatic kicked by the idle loop: then only a board that hangs is bitten, see hang() */
  enable(seconds: number, automatic: boolean): void {
    this.stop();
    this.seconds = seconds;
    if (!automatic) this.kick();
  }

  /** The program hangs. True: there is a watchdog, and it bit. */
  hang(): boolean {
    if (this.seconds <= 0) return false;
    this.bite();
    return true;
  }

  kick(): void {
    if (this.seconds <= 0) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(this.bite, this.seconds * 1000);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = undefined;
    this.seconds = 0;
  }
}
