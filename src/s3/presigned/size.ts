// The size of an object by a presigned GET (S3 API reference, GetObject; RFC 9110 section 14).
import { failure } from "../../flow/failure";
import type { Done } from "../../flow/failure";
import type { Response } from "../../http/response";
import type { Platform } from "../../platform/ports";
import { xmlText } from "../xml";
import { urlAttempt } from "./attempt";
import type { UrlAccess } from "./attempt";

/** What an object is now. */
export interface ObjectSize {
  /** Bytes. */
  size: number;
  etag: string;
}

/** A presigned GET may not be used for a HEAD (the method is signed), so one byte is asked for, and its Content-Range has the size. */
export function sizeByUrl(platform: Platform, access: UrlAccess, done: Done<ObjectSize>): void {
  access.persist<ObjectSize>(function (ended) {
    let text = "";
    urlAttempt(
      platform, access,
      {
        method: "GET", headers: [["range", "bytes=0-0"]], stride: 0,
        success: {
          // A server that does not know ranges would send all of it: its length is enough.
          head: (response) => (response.status == 206 ? undefined : failure("http", "all of " + response.headers["content-length"], "")),
          body: () => undefined,
        },
      },
      function (failed, response) {
        const headers: Response["headers"] = response ? response.headers : {};
        const range = headers["content-range"] || "";
        const status = response ? response.status : 0;
        // An empty object has no first byte: 416.
        const size = status == 206 ? range.substr(range.indexOf("/") + 1) : status == 416 ? xmlText(text, "ActualObjectSize") || range.substr(range.indexOf("/") + 1) : status == 200 ? headers["content-length"] || "" : "";
        if (/^[0-9]+$/.test(size)) return ended(undefined, { size: parseInt(size, 10), etag: headers["etag"] || "" });
        ended(failed || failure("http", "The server did not say how long the object is", "Is the URL one of S3's?"));
      },
      function (body) {
        text = body;
      },
    );
  }, done);
}
