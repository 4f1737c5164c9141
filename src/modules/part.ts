// One part of an upload in parts.
export { sendPart } from "../s3/multipart/part";
