// Dates as Signature Version 4 writes them (AWS General Reference, "Elements of an AWS API request signature"): always UTC.

/** `utc` (milliseconds since 1970) as YYYYMMDDTHHMMSSZ. Milliseconds are cut. */
export function amzDate(utc: number): string {
  const text = new Date(Math.floor(utc / 1000) * 1000).toISOString();
  return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 5) + text.substr(14, 2) + text.substr(17, 2) + "Z";
}
