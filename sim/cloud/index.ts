// The local cloud: strict S3 and NTP with their own certificates and keys, for tests and for a board on the desk.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates, type Certificates } from "./certificates";
import { newSessionCredentials, newStaticCredentials, type AccessKeys, type SessionCredentials, type StaticCredentials } from "./credentials";
import { startNtp, type NtpServer } from "./ntp";
import { S3Server } from "./s3/server";

export type { Certificates } from "./certificates";
export type { AccessKeys, SessionCredentials, StaticCredentials } from "./credentials";
export type { NtpServer, OddAnswer } from "./ntp";
export type { RequestRecord } from "./s3/exchange";
export type { Fault } from "./s3/faults";
export type { S3Server } from "./s3/server";

export interface CloudOptions {
  /** Address to listen on; default 127.0.0.1. */
  host?: string;
  /** Default 0: a free port. */
  s3Port?: number;
  /** Default 0: a free port. */
  ntpPort?: number;
  /** Where certificates and keys are written; default a new temporary directory, removed by close(). */
  directory?: string;
  bucket?: string;
  region?: string;
  /** Seconds the NTP server's clock is ahead. */
  ntpOffsetSeconds?: number;
  /** The cloud's clock, milliseconds since 1970; default the real one. */
  now?: () => number;
  /** Default random at each start. */
  credentials?: StaticCredentials;
  /** Default random at each start. */
  sessionCredentials?: SessionCredentials;
  /** Seconds a request's body may pause; default 20, as S3. */
  idleSeconds?: number;
}

export interface Cloud {
  s3: S3Server;
  ntp: NtpServer;
  credentials: StaticCredentials;
  sessionCredentials: SessionCredentials;
  /** All keys the cloud accepts, to add, expire or remove some. */
  accessKeys: AccessKeys;
  certificates: Certificates;
  /** Everything a client needs to know, as plain JSON. Holds the secret keys. */
  describe(): CloudDescription;
  close(): Promise<void>;
}

export interface CloudDescription {
  s3: { url: string; host: string; port: number; bucket: string; region: string };
  ntp: { host: string; port: number };
  credentials: StaticCredentials;
  sessionCredentials: SessionCredentials;
  /** Paths. */
  certificates: {
    directory: string;
    ca: { pem: string; der: string };
    device: { certificate: { pem: string; der: string }; key: { pem: string; der: string } };
  };
}

/** Starts the whole cloud. Fails if a port is taken or the directory cannot be written. */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const host = options.host ?? "127.0.0.1";
  const now = options.now ?? Date.now;
  const credentials = options.credentials ?? newStaticCredentials();
  const sessionCredentials = options.sessionCredentials ?? newSessionCredentials();
  const accessKeys: AccessKeys = new Map([credentials, sessionCredentials].map((key) => [key.accessKeyId, { ...key }]));
  const temporary = options.directory === undefined;
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), "local-cloud-"));
  const cleanUp = () => {
    if (temporary) rmSync(directory, { recursive: true, force: true });
  };
  const running: { close(): Promise<void> }[] = [];
  const closeAll = async () => {
    await Promise.all(running.map((server) => server.close()));
    cleanUp();
  };
  try {
    const certificates = await makeCertificates({ directory, hosts: [host], now: now() });
    const s3 = new S3Server({
      host,
      port: options.s3Port ?? 0,
      bucket: options.bucket ?? "device-logs",
      region: options.region ?? "eu-central-1",
      keys: accessKeys,
      certificate: { cert: certificates.server.certificate.pem, key: certificates.server.key.pem },
      now,
      idleMilliseconds: (options.idleSeconds ?? 20) * 1000,
    });
    await s3.listen();
    running.push(s3);
    const ntp = await startNtp(host, options.ntpPort ?? 0, now);
    running.push(ntp);
    ntp.setOffset(options.ntpOffsetSeconds ?? 0);
    const cloud = { s3, ntp, credentials, sessionCredentials, accessKeys, certificates };
    return { ...cloud, describe: () => describe(cloud), close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function describe({ s3, ntp, credentials, sessionCredentials, certificates }: Omit<Cloud, "describe" | "close">): CloudDescription {
  const paths = ({ pemPath, derPath }: { pemPath: string; derPath: string }) => ({ pem: pemPath, der: derPath });
  const { device } = certificates;
  return {
    s3: { url: `https://${s3.host}:${s3.port}`, host: s3.host, port: s3.port, bucket: s3.bucket, region: s3.region },
    ntp: { host: ntp.host, port: ntp.port },
    credentials,
    sessionCredentials,
    certificates: {
      directory: certificates.directory,
      ca: paths(certificates.ca),
      device: { certificate: paths(device.certificate), key: paths(device.key) },
    },
  };
}
