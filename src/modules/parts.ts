// Uploads in parts, with a journal. Without this module and its three others in flash every file goes up in one piece.
export { putMultipart } from "../s3/multipart/drive";
