// What a download that goes on has come to.
import type { GetResult } from "../get";

export interface DownloadResult extends GetResult {
  /** True if it went on with what an earlier, interrupted download left on the card. */
  resumed: boolean;
  /** Where a range was asked for: its first byte in the object, and the bytes of all the object. */
  first?: number;
  total?: number;
  versionId?: string;
}
