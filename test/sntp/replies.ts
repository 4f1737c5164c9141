// Replies of time servers for tests, made field by field (RFC 5905 section 7.3). Nothing here is shared with src/sntp.

export interface ReplyFields {
  leap?: number;
  version?: number;
  mode?: number;
  stratum?: number;
  /** Seconds. */
  rootDelay?: number;
  rootDispersion?: number;
  /** Four bytes: the kiss code where the stratum is 0. */
  reference?: string;
  /** Eight bytes, the client's nonce. */
  originate: string;
  /** Milliseconds since 1970; undefined is the zero of a server that tells no time. */
  received: number | undefined;
  transmitted: number | undefined;
}

/** 1970 in NTP's seconds since 1900. */
const UNIX_EPOCH = 2_208_988_800n;

/** 32.32 bits since 1900, the seconds beginning again at 0 in February 2036. */
export function ntpTime(milliseconds: number | undefined): string {
  const packed = Buffer.alloc(8);
  if (milliseconds === undefined) return packed.toString("latin1");
  const micro = BigInt(Math.round(milliseconds * 1000));
  const time = (UNIX_EPOCH << 32n) + ((micro << 32n) + 999_999n) / 1_000_000n;
  packed.writeBigUInt64BE(BigInt.asUintN(64, time));
  return packed.toString("latin1");
}

export function reply(fields: ReplyFields): string {
  const packet = Buffer.alloc(48);
  packet[0] = ((fields.leap ?? 0) << 6) | ((fields.version ?? 4) << 3) | (fields.mode ?? 4);
  packet[1] = fields.stratum ?? 2;
  packet.writeUInt32BE(Math.round((fields.rootDelay ?? 0.01) * 65536), 4);
  packet.writeUInt32BE(Math.round((fields.rootDispersion ?? 0.01) * 65536), 8);
  packet.write(fields.reference ?? "\xa9\xfe\xa9\x7b", 12, "latin1");
  packet.write(fields.originate + ntpTime(fields.received) + ntpTime(fields.transmitted), 24, "latin1");
  return packet.toString("latin1");
}
