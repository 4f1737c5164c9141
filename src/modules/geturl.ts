// Downloads by presigned URLs that were made elsewhere: device.getUrl.
export { getUrlCommand as getUrl } from "../device/getUrl";
