// Looks at the framing of received TLS records: was there an alert at the end, or only the end of TCP?

/**
 * OpenSSL tells a clean end (close_notify) and a bare FIN alike; mbedTLS does not, and so neither does Espruino.
 * The content type of a record is not encrypted in TLS 1.2, which is enough to tell them apart.
 */
export class RecordWatch {
  /** An alert was received after the switch to encryption. */
  alert = false;
  private encrypted = false;
  private header: number[] = [];
  private skip = 0;

  see(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.skip > 0) {
        const step = Math.min(this.skip, bytes.length - at);
        this.skip -= step;
        at += step;
        continue;
      }
      this.header.push(bytes[at++]!);
      if (this.header.length < 5) continue;
      const [type, , , high, low] = this.header as [number, number, number, number, number];
      if (type === 20) this.encrypted = true;
      if (type === 21 && this.encrypted) this.alert = true;
      this.skip = high * 256 + low;
      this.header = [];
    }
  }
}
