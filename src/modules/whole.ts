// An upload in parts, all but its parts.
export { open, run } from "../s3/multipart/whole";
