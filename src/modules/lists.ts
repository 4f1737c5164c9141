// What is asked when an upload in parts goes on, and what takes parts off S3: loaded for these requests only.
export { confirmedParts, orphans, sweep } from "../s3/multipart/lists";
