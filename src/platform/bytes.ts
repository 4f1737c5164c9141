// The one type of binary data: a string whose characters are 0..255, what Espruino's sockets, files and hashes speak.

/** A byte string: every character code is 0..255. */
export type Bytes = string;
