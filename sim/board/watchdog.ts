// The watchdog: reboots a board whose idle loop, or whose program, has stopped.
export class Watchdog {
  private timer: NodeJS.Timeout | undefined;
  private seconds = 0;

  /** @param bite what happens when nobody kicked it in time */
  constructor(private readonly bite: () => void) {}

  /** @param automatic kicked by the idle loop: then only a blocked board is bitten, which a virtual one never survives to see */
  enable(seconds: number, automatic: boolean): void {
    this.stop();
    this.seconds = seconds;
    if (!automatic) this.kick();
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
