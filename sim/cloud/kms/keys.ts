// The keys and aliases of the account (AWS KMS Developer Guide, "Key identifiers" and "Key states").
import { randomUUID } from "node:crypto";

export type KeyState = "Enabled" | "Disabled" | "PendingDeletion";

export interface KmsKey {
  keyId: string;
  arn: string;
  state: KeyState;
}

export interface Alias {
  /** "alias/..." */
  name: string;
  arn: string;
  /** AWS's own aliases have none before their key is first used. */
  keyId: string | undefined;
  /** Milliseconds since 1970. */
  created: number;
}

/** Why a key cannot be used; S3 puts "KMS." before the code. */
export class KeyRefusal extends Error {
  constructor(
    readonly code: "NotFoundException" | "InvalidArnException" | "DisabledException" | "KMSInvalidStateException",
    message: string,
  ) {
    super(message);
  }
}

/** The key S3 takes when a request asks for aws:kms and names none. */
const AWS_MANAGED = "alias/aws/s3";
/** Aliases AWS has made in every account, whose keys are not made yet. */
const PREDEFINED = ["alias/aws/ebs", "alias/aws/lambda"];

export class KmsKeys {
  private readonly keys = new Map<string, KmsKey>();
  private readonly aliases = new Map<string, Alias>();

  constructor(
    readonly region: string,
    private readonly account: string,
    private readonly now: () => number,
  ) {
    for (const name of PREDEFINED) this.addAlias(name);
    this.create(AWS_MANAGED);
  }

  /** A new key, and an alias for it if one is given ("alias/..."). */
  create(alias?: string): KmsKey {
    const keyId = randomUUID();
    const key: KmsKey = { keyId, arn: this.arn(`key/${keyId}`), state: "Enabled" };
    this.keys.set(keyId, key);
    if (alias !== undefined) this.addAlias(alias, keyId);
    return key;
  }

  addAlias(name: string, keyId?: string): void {
    this.aliases.set(name, { name, arn: this.arn(name), keyId, created: this.now() });
  }

  /** All aliases, or those of one key, by name. */
  list(keyId?: string): Alias[] {
    const all = [...this.aliases.values()].filter((alias) => keyId === undefined || alias.keyId === keyId);
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The key S3 uses for a request that names it so. Fails with KeyRefusal. */
  usable(name = AWS_MANAGED): KmsKey {
    const key = this.find(name);
    if (key.state === "Disabled") throw new KeyRefusal("DisabledException", `${key.arn} is disabled.`);
    if (key.state !== "Enabled") throw new KeyRefusal("KMSInvalidStateException", `${key.arn} is pending deletion.`);
    return key;
  }

  /** The key a key id, a key ARN, an alias or an alias ARN stands for, in any state. Fails with KeyRefusal NotFoundException. */
  find(name: string): KmsKey {
    const { region, resource } = readName(name);
    if (region !== undefined && region !== this.region) throw new KeyRefusal("NotFoundException", `Invalid arn ${region}`);
    if (!resource.startsWith("alias/")) return this.byId(resource);
    const keyId = this.aliases.get(resource)?.keyId;
    if (keyId === undefined) throw new KeyRefusal("NotFoundException", `Alias ${this.arn(resource)} is not found.`);
    return this.byId(keyId);
  }

  /** Fails with KeyRefusal NotFoundException. */
  byId(keyId: string): KmsKey {
    const key = this.keys.get(keyId);
    if (key !== undefined) return key;
    const wellFormed = /^(mrk-)?[0-9a-f-]{32,36}$/.test(keyId);
    throw new KeyRefusal("NotFoundException", wellFormed ? `Key '${this.arn(`key/${keyId}`)}' does not exist` : `Invalid keyId ${keyId}`);
  }

  private arn(resource: string): string {
    return `arn:aws:kms:${this.region}:${this.account}:${resource}`;
  }
}

/** The region an ARN names, and what follows: "alias/..." or a key id. Anything but an ARN has no region. */
export function readName(name: string): { region: string | undefined; resource: string } {
  const [, region, resource] = /^arn:aws:kms:([a-z0-9-]+):\d{12}:(.+)$/.exec(name) ?? [];
  return { region, resource: (resource ?? name).replace(/^key\//, "") };
}
