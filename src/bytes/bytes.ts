// The type of a byte string, for whoever works on them. It stands in platform/bytes.ts, because the ports speak it, too.
export type { Bytes } from "../platform/bytes";
