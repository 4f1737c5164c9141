// Certificates AWS IoT knows, each attached to things (developer guide, "X.509 client certificates"): one list for MQTT, HTTPS and the
// credentials provider.
import { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";

export interface Registration {
  /** Names of the things it is attached to. */
  things: string[];
  /** An inactive certificate passes the handshake and is turned away after it. */
  active: boolean;
}

export class Registry {
  /** By SHA-256 fingerprint. */
  readonly certificates = new Map<string, Registration>();

  /** @param certificate PEM or DER */
  register(certificate: string | Buffer, ...things: string[]): Registration {
    const registration = { things, active: true };
    this.certificates.set(new X509Certificate(certificate).fingerprint256, registration);
    return registration;
  }

  /** @param certificate PEM or DER */
  remove(certificate: string | Buffer): void {
    this.certificates.delete(new X509Certificate(certificate).fingerprint256);
  }

  /** The registration of the certificate a client presented, if it has one and is active. */
  active(socket: TLSSocket): Registration | undefined {
    const { fingerprint256 } = socket.getPeerCertificate();
    const found = fingerprint256 === undefined ? undefined : this.certificates.get(fingerprint256);
    return found?.active ? found : undefined;
  }
}
