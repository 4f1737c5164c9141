// Uploads by presigned URLs that were made elsewhere: device.putUrl.
export { putUrlCommand as putUrl } from "../device/putUrl";
