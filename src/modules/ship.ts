// device.ship(): what is in memory while logs are uploaded.
export { shipCommand as ship } from "../device/ship";
