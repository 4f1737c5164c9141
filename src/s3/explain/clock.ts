// How far a clock is off, in words.

/**
 * "3 hours behind", or "" if the times differ by 5 minutes at most or one is not known. S3 allows 15 minutes.
 * @param own the sender's time @param right the server's; each ISO 8601 (basic or extended) or as in the header Date
 */
export function clockOff(own: string, right: string): string {
  /** Date does not read the basic form, 20300131T235959Z. */
  function seconds(text: string): number {
    const at = text.indexOf("T");
    const basic = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 5) + ":" + text.substr(11, 2) + ":" + text.substr(13);
    return new Date(at == 8 ? basic : text).getTime() / 1000;
  }

  const server = seconds(right);
  const off = Math.abs(seconds(own) - server);
  // A text that is no date is NaN, on a board 1970.
  if (!own || !(server > 1e9) || !(off > 300)) return "";
  const length = off < 7200 ? Math.round(off / 60) + " minutes" : off < 172800 ? Math.round(off / 360) / 10 + " hours" : Math.round(off / 86400) + " days";
  const zone = off > 1700 && off < 52000 && (off + 60) % 1800 < 120;
  return length + (seconds(own) > server ? " ahead" : " behind") + (zone ? ", like local time: it must be UTC" : "");
}
