// Progress of a transfer in words a person reads.

/** A transfer that is going on. */
export interface Progress {
  /** Bytes in all. */
  total: number;
  /** Bytes moved so far. */
  moved(): number;
}

/** A byte count with its unit: "512 B", "8.0 KiB", "10.0 MiB". */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return Math.round(bytes) + " B";
  const kib = bytes / 1024;
  return kib < 1024 ? kib.toFixed(1) + " KiB" : (kib / 1024).toFixed(1) + " MiB";
}

/** "35 %, 3.5 of 10.0 MiB, 210.0 KiB/s, 31 s left" after `seconds`. */
export function progressText(moved: number, total: number, seconds: number): string {
  const rate = seconds > 0 ? moved / seconds : 0;
  return (
    (total ? Math.floor((moved * 100) / total) : 100) + " %, " + bytesText(moved) + " of " + bytesText(total) +
    (rate > 0 ? ", " + bytesText(rate) + "/s, " + Math.ceil((total - moved) / rate) + " s left" : "")
  );
}
