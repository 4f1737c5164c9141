// Reading a presigned URL: loaded by putUrl and getUrl for a moment, before they take memory for the transfer.
export { readUrl } from "../device/urlRead";
