// Why no TLS link came about: loaded after a failure. Without this module in flash the host's own words are told.
export { noLink } from "../flow/noLink";
