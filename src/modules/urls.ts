// Transfers by presigned URLs that were made elsewhere: device.putUrl, device.getUrl.
export { getUrlCommand as getUrl, putUrlCommand as putUrl } from "../device/urls";
