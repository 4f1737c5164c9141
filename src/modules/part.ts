// One part of an upload in parts.
export { notePart, sendPart } from "../s3/multipart/part";
