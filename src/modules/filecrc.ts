// The CRC-32 of a file that has come: loaded when all of it is on the card.
export { fileCrc32 } from "../s3/downloads/verify";
