// Presigned URLs of our own: device.presign.
export { presignCommand as presign } from "../device/presign";
