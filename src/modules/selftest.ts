// device.selfTest(): does this build compute what AWS computes?
export { selfTestCommand as selfTest } from "../device/selfTest";
