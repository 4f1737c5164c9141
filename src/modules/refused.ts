// Reads the answer of a request that S3 refused. Without this module in flash its status is all that is told.
export { readRefusal } from "../s3/refused";
