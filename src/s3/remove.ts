// DeleteObject (S3 API reference, DeleteObject; S3 user guide, "Deleting object versions").
import type { Done } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { EMPTY_HASH } from "../sigv4/chunkSignature";
import { s3Attempt } from "./attempt";
import type { S3Access } from "./signedRequest";

export interface RemoveResult {
  key: string;
  /** In a bucket with versions: the version of the delete marker. */
  versionId?: string;
  /** True if nothing was deleted: a marker hides the object, its versions stay. */
  deleteMarker?: boolean;
}

/** Removes `key`. S3 answers the same whether there was such an object or not. Failures: s3 (refused) and those of `exchange`. */
export function removeObject(platform: Platform, access: S3Access, key: string, done: Done<RemoveResult>): void {
  access.persist<RemoveResult>(function (ended) {
    s3Attempt(
      platform, access,
      {
        request: { method: "DELETE", key: key, query: [], headers: [], unsigned: [], payloadHash: EMPTY_HASH },
        success: { body: () => undefined },
        keep: "x-amz-delete-marker",
      },
      function (failed, response) {
        if (failed) return ended(failed);
        const headers = response!.headers;
        const result: RemoveResult = { key: key };
        if (headers["x-amz-version-id"]) result.versionId = headers["x-amz-version-id"];
        if (headers["x-amz-delete-marker"] == "true") result.deleteMarker = true;
        ended(undefined, result);
      },
    );
  }, done);
}
