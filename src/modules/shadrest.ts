// HTTPS with the certificate of the device: shadows and publish without a link.
export { askByRest } from "../device/shadowRest";
