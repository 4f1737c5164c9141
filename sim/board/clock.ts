// The board's clock. An ESP32 starts at 1970 and is set with setTime; the Linux build has the host's clock and cannot be set.
export class Clock {
  private offset: number;

  /** @param settable false for the Linux build, where setTime has no effect */
  constructor(private readonly settable: boolean, start: number | undefined) {
    this.offset = settable ? (start ?? 0) - performance.now() : 0;
  }

  /** Milliseconds since 1970, with a fraction. */
  milliseconds(): number {
    const host = settableNow(this.settable);
    return Math.round((host + this.offset) * 1000) / 1000;
  }

  set(milliseconds: number): void {
    if (this.settable) this.offset = milliseconds - performance.now();
  }
}

function settableNow(settable: boolean): number {
  return settable ? performance.now() : performance.timeOrigin + performance.now();
}
