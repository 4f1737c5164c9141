// An upload in parts, all but its parts.
export { open } from "../s3/multipart/open";
export { run } from "../s3/multipart/whole";
