// A TLS connection as Espruino's mbedTLS makes it: TLS 1.2, nothing verified unless the build does, no close_notify of its own.
import { Duplex } from "node:stream";
import { isIP } from "node:net";
import tls from "node:tls";
import { toBuffer } from "../bytes";
import type { Profile, Verification } from "../options";
import type { Identity } from "./certificates";
import { RecordWatch } from "./tls-records";
import { code, Received, type Transport } from "./transport";
import { Wire } from "./wire";

/** What the builds offer. The Linux build has neither ECDHE nor EC certificates. */
const ciphers: Record<Profile, string> = {
  linux: "AES256-GCM-SHA384:DHE-RSA-AES256-GCM-SHA384:AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
  esp32: "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:"
    + "DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-GCM-SHA256:@SECLEVEL=0",
};

export interface TlsOptions {
  /** What the program connects to; `address` is where that is. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly profile: Profile;
  readonly verification: Verification;
  readonly identity: Identity;
  readonly wake: () => void;
  /** Raises an InternalError that nobody can catch but 'uncaughtException'. */
  readonly raise: (message: string) => void;
}

export class TlsTransport implements Transport {
  private readonly received = new Received();
  private readonly watch = new RecordWatch();
  private state: "handshake" | "open" | "failed" = "handshake";
  private failure = -1;
  private end: number | undefined;
  private unsent = 0;
  private held = 0;
  private wire!: Wire;
  private link!: WireStream;
  private socket!: tls.TLSSocket;

  /** Connects TCP, blocking, and starts the handshake. Undefined if the connection was refused. */
  static connect(options: TlsOptions): TlsTransport | undefined {
    const transport = new TlsTransport(options);
    const wire = Wire.connect(options.address, options.port, {
      data: (bytes) => {
        transport.watch.see(bytes);
        transport.held += bytes.length;
        transport.link.push(bytes);
        transport.release();
      },
      end: () => transport.link.push(null),
      broken: () => transport.link.destroy(Object.assign(new Error("reset"), { code: "ECONNRESET" })),
      ready: () => transport.link.resumeWriting(),
    });
    if (!wire) return undefined;
    transport.start(wire);
    return transport;
  }

  private constructor(private readonly options: TlsOptions) {}

  private start(wire: Wire): void {
    const { name, identity, profile, verification, wake } = this.options;
    this.wire = wire;
    this.link = new WireStream(wire);
    this.socket = tls.connect({
      socket: this.link,
      rejectUnauthorized: verification !== "none",
      checkServerIdentity: (_, certificate) => (verification === "name" ? nameFault(name, certificate) : undefined),
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.2",
      ciphers: ciphers[profile],
      cert: identity.cert,
      key: identity.key,
      // node would take its own list where there is no root: mbedTLS has none
      ...(verification === "none" ? {} : { ca: identity.ca ?? [] }),
      // trap: an ESP32 sends this constant as its SNI, the Linux build sends none
      ...(profile === "esp32" ? { servername: "mbed TLS Server 1" } : {}),
    });
    this.socket.on("secureConnect", () => { this.state = "open"; wake(); });
    this.socket.on("data", (bytes: Buffer) => {
      this.received.add(bytes);
      this.release();
      wake();
    });
    this.socket.on("end", () => { this.finish(this.watch.alert ? code.closeNotify : code.closed); });
    this.socket.on("close", () => { this.finish(this.watch.alert ? code.closeNotify : code.closed); });
    this.socket.on("error", (error: NodeJS.ErrnoException) => this.fail(error));
    this.link.on("error", (error: NodeJS.ErrnoException) => this.fail(error));
  }

  send(bytes: string): number {
    if (this.state === "failed") return this.reportHandshake();
    if (this.state === "handshake" || !this.wire.ready || this.unsent > 65_536) return 0;
    if (this.end !== undefined) return this.end === code.closeNotify ? 0 : this.end;
    this.unsent += bytes.length;
    this.socket.write(toBuffer(bytes), () => { this.unsent -= bytes.length; this.options.wake(); });
    return bytes.length;
  }

  receive(n: number): string | number {
    if (this.state === "failed") return this.reportHandshake();
    if (this.received.length > 0) {
      const bytes = this.received.take(n);
      this.release();
      return bytes;
    }
    return this.end ?? "";
  }

  get readable(): boolean {
    return this.state === "failed" || this.received.length > 0 || this.end !== undefined;
  }

  get writable(): boolean {
    return this.state !== "handshake" && this.wire.ready && this.unsent <= 65_536;
  }

  close(): void {
    const finish = (): void => { this.wire.close(); this.socket.destroy(); };
    // the peer sees the end of TCP without a close_notify
    if (this.unsent > 0 && this.end === undefined) this.socket.write("", finish);
    else finish();
  }

  abort(): void {
    this.wire.reset();
    this.socket.destroy();
  }

  /** Lets the peer go on sending, unless much is waiting to be read here. */
  private release(): void {
    if (this.received.length > 65_536 || this.held === 0) return;
    this.wire.taken(this.held);
    this.held = 0;
  }

  private finish(reason: number): void {
    if (this.state === "handshake") this.state = "failed";
    this.end ??= reason;
    this.options.wake();
  }

  private fail(error: NodeJS.ErrnoException): void {
    if (this.state === "handshake") {
      this.state = "failed";
      this.failure = handshakeCode(error);
    }
    this.end ??= /alert/.test(error.message) ? code.fatalAlert : code.closed;
    this.options.wake();
  }

  private reportHandshake(): number {
    this.options.raise(`mbedtls_ssl_handshake returned -0x${(-this.failure).toString(16)}`);
    return code.closed;
  }
}

/** mbedTLS 2 looks at the names of the certificate alone: an address never fits (x509_crt.c, mbedtls_x509_crt_verify_with_profile). */
function nameFault(name: string, certificate: tls.PeerCertificate): Error | undefined {
  return isIP(name) ? new Error("Hostname/IP does not match") : tls.checkServerIdentity(name, certificate);
}

/** node's words for a certificate that it does not trust, or that is another's. */
const distrust = /^(ERR_TLS_CERT_ALTNAME_INVALID|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|CERT_.*)$/;

/** The code mbedTLS has for what OpenSSL calls this. */
function handshakeCode(error: NodeJS.ErrnoException): number {
  if (distrust.test(error.code ?? "") || error.message.startsWith("Hostname/IP")) return -0x2700;
  if (/alert/i.test(error.message)) return -0x7780;
  if (error.code === "ECONNRESET") return -1;
  if (/wrong version|record/i.test(error.message)) return -0x7200;
  return /unsupported protocol/i.test(error.message) ? -0x6e80 : -0x7780;
}

/** The wire as a stream, for node's TLS. */
class WireStream extends Duplex {
  private resume_: (() => void) | undefined;

  constructor(private readonly wire: Wire) {
    super({ allowHalfOpen: true });
  }

  override push(bytes: Uint8Array | null): boolean {
    return super.push(bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.wire.write(bytes);
    if (this.wire.ready) done();
    else this.resume_ = done;
  }

  override _final(done: () => void): void {
    done();
  }

  resumeWriting(): void {
    const done = this.resume_;
    this.resume_ = undefined;
    done?.();
  }
}
