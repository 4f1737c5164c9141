// The log shipper in status(), at the console and for AWS IoT.
export { report, tellShip } from "../device/shipTell";
