// What a transfer does when it fails for a while: retry, mend the clock, follow the region. Without this module in flash it fails at once.
export { recovering } from "../s3/recover";
