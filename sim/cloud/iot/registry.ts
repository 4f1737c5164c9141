// Certificates AWS IoT knows, each attached to a thing (developer guide, "X.509 client certificates").
import { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";

export interface Registration {
  thingName: string;
  /** An inactive certificate passes the handshake and is turned away after it. */
  active: boolean;
}

export class Registry {
  private readonly registrations = new Map<string, Registration>();

  /** @param certificate DER */
  register(certificate: Buffer, thingName: string): Registration {
    const registration = { thingName, active: true };
    this.registrations.set(new X509Certificate(certificate).fingerprint256, registration);
    return registration;
  }

  /** @param certificate DER */
  remove(certificate: Buffer): void {
    this.registrations.delete(new X509Certificate(certificate).fingerprint256);
  }

  /** The registration of the certificate a client presented, if it has one and is active. */
  active(socket: TLSSocket): Registration | undefined {
    const { fingerprint256 } = socket.getPeerCertificate();
    const found = fingerprint256 === undefined ? undefined : this.registrations.get(fingerprint256);
    return found?.active ? found : undefined;
  }
}
