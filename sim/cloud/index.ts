// The local cloud: strict S3, KMS, IoT with its credentials provider, and NTP, with their own certificates and keys, for tests and for a board on the desk.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCertificates, type Certificates } from "./certificates";
import { newSessionCredentials, newStaticCredentials, type AccessKeys, type SessionCredentials, type StaticCredentials } from "./credentials";
import { CredentialsProvider } from "./iot/credentials";
import { Iot } from "./iot/index";
import { KmsKeys } from "./kms/keys";
import { KmsServer } from "./kms/server";
import { startNtp, type NtpServer } from "./ntp";
import { Policy } from "./policy";
import { S3Server } from "./s3/server";

export type { Certificates } from "./certificates";
export type { AccessKeys, SessionCredentials, StaticCredentials } from "./credentials";
export type { CredentialsProvider, ProviderFault, ProviderRecord, RoleAlias } from "./iot/credentials";
export type { IotMessage, MqttBroker } from "./iot/broker";
export type { MqttRecord } from "./iot/keeper";
export type { MqttFault, MqttFaultTarget } from "./iot/faults";
export type { Iot } from "./iot/index";
export type { JobExecution, Jobs } from "./iot/jobs";
export type { IotPolicy, IotPolicyDocument } from "./iot/policy";
export type { IotRest, IotRestRecord } from "./iot/rest";
export type { Shadows } from "./iot/shadows";
export type { KeyState, KmsKey, KmsKeys } from "./kms/keys";
export type { KmsRecord, KmsServer } from "./kms/server";
export type { NtpServer, OddAnswer } from "./ntp";
export type { Action, Policy } from "./policy";
export type { RequestRecord } from "./s3/exchange";
export type { Fault, FaultTarget } from "./s3/faults";
export type { S3Server, UnfinishedUpload } from "./s3/server";

export interface CloudOptions {
  /** Address to listen on; default 127.0.0.1. */
  host?: string;
  /** Default 0: a free port. */
  s3Port?: number;
  /** Default 0: a free port. */
  ntpPort?: number;
  /** Default 0: a free port. */
  kmsPort?: number;
  /** Default 0: a free port. */
  mqttPort?: number;
  /** Of IoT's HTTPS. Default 0: a free port. */
  iotRestPort?: number;
  /** Of AWS IoT's credentials provider. Default 0: a free port. */
  credentialsPort?: number;
  /** The thing that the device's certificate is attached to; default "board-17". */
  thingName?: string;
  /**
   * Where certificates and keys are kept; what lies there from an earlier start is used again while it holds. Default a
   * new temporary directory, removed by close().
   */
  directory?: string;
  bucket?: string;
  region?: string;
  /** Account that owns the bucket and the keys: 12 digits. */
  account?: string;
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
  kms: KmsServer;
  iot: Iot;
  ntp: NtpServer;
  /** Gives temporary keys for the device's certificate. */
  credentialsProvider: CredentialsProvider;
  /** The thing that the device's certificate is attached to. */
  thingName: string;
  account: string;
  /** Alias of the key made for tests and users: "alias/device-logs". */
  alias: string;
  /** What the user may not do; at first nothing. */
  policy: Policy;
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
  /** A key for SSE-KMS: by id, ARN and alias. */
  kms: { url: string; host: string; port: number; region: string; keyId: string; keyArn: string; alias: string };
  /** MQTT on `port`, HTTPS on `restPort` and `url`, both with the device's certificate. */
  iot: { host: string; port: number; restPort: number; url: string; thingName: string };
  ntp: { host: string; port: number };
  credentialsProvider: { url: string; host: string; port: number; roleAlias: string; thingName: string };
  account: string;
  credentials: StaticCredentials;
  sessionCredentials: SessionCredentials;
  /** Paths. */
  certificates: {
    directory: string;
    ca: { pem: string; der: string };
    device: { certificate: { pem: string; der: string }; key: { pem: string; der: string } };
  };
}

const ALIAS = "alias/device-logs";
const ROLE_ALIAS = "device-logs-role";

/** Starts the whole cloud. Fails if a port is taken or the directory cannot be written. */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const host = options.host ?? "127.0.0.1";
  const now = options.now ?? Date.now;
  const credentials = options.credentials ?? newStaticCredentials();
  const sessionCredentials = options.sessionCredentials ?? newSessionCredentials();
  const accessKeys: AccessKeys = new Map([credentials, sessionCredentials].map((key) => [key.accessKeyId, { ...key }]));
  const region = options.region ?? "eu-central-1";
  const account = options.account ?? "111122223333";
  const policy = new Policy(account);
  const keys = new KmsKeys(region, account, now);
  keys.create(ALIAS);
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
    const certificates = await openCertificates({ directory, hosts: [host, `s3.${region}.localhost`, `*.s3.${region}.localhost`], now: now() });
    const certificate = { cert: certificates.server.certificate.pem, key: certificates.server.key.pem };
    const s3 = new S3Server({
      host,
      port: options.s3Port ?? 0,
      bucket: options.bucket ?? "device-logs",
      region,
      account,
      keys: accessKeys,
      kms: keys,
      policy,
      certificate,
      now,
      idleMilliseconds: (options.idleSeconds ?? 20) * 1000,
    });
    await s3.listen();
    running.push(s3);
    const kms = new KmsServer({ host, port: options.kmsPort ?? 0, region, account, accessKeys, keys, policy, certificate, now });
    await kms.listen();
    running.push(kms);
    const mutual = { ...certificate, clientCa: certificates.ca.pem };
    const thingName = options.thingName ?? "board-17";
    const iot = new Iot({
      host,
      mqttPort: options.mqttPort ?? 0,
      restPort: options.iotRestPort ?? 0,
      region,
      account,
      thingName,
      deviceCertificate: certificates.device.certificate.der,
      certificate: mutual,
      now,
    });
    running.push(iot);
    await iot.listen();
    const credentialsProvider = new CredentialsProvider({ host, port: options.credentialsPort ?? 0, region, accessKeys, policy, registry: iot.registry, certificate: mutual, now });
    credentialsProvider.roleAliases.set(ROLE_ALIAS, { role: "device-logs", seconds: 3600, roleSeconds: 3600, trusted: true });
    await credentialsProvider.listen();
    running.push(credentialsProvider);
    const ntp = await startNtp(host, options.ntpPort ?? 0, now);
    running.push(ntp);
    ntp.setOffset(options.ntpOffsetSeconds ?? 0);
    const cloud = { s3, kms, iot, ntp, credentialsProvider, thingName, account, alias: ALIAS, policy, credentials, sessionCredentials, accessKeys, certificates };
    return { ...cloud, describe: () => describe(cloud), close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function describe({ s3, kms, iot, ntp, credentialsProvider, thingName, account, alias, credentials, sessionCredentials, certificates }: Omit<Cloud, "describe" | "close">): CloudDescription {
  const paths = ({ pemPath, derPath }: { pemPath: string; derPath: string }) => ({ pem: pemPath, der: derPath });
  const address = ({ host, port }: { host: string; port: number }) => ({ url: `https://${host}:${port}`, host, port });
  const { device } = certificates;
  const key = kms.keys.find(alias);
  return {
    s3: { ...address(s3), bucket: s3.bucket, region: s3.region },
    kms: { ...address(kms), region: kms.region, keyId: key.keyId, keyArn: key.arn, alias },
    iot: { host: iot.host, port: iot.mqtt.port, restPort: iot.rest.port, url: address(iot.rest).url, thingName: iot.thingName },
    ntp: { host: ntp.host, port: ntp.port },
    credentialsProvider: { ...address(credentialsProvider), roleAlias: ROLE_ALIAS, thingName },
    account,
    credentials,
    sessionCredentials,
    certificates: {
      directory: certificates.directory,
      ca: paths(certificates.ca),
      device: { certificate: paths(device.certificate), key: paths(device.key) },
    },
  };
}
