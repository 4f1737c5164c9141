// url.parse as the interpreter does it: by counting slashes and colons.
import type { Dictionary, Realm } from "../realm";

/** Host, port and path of an address. Unlike node's it has `method` and no `hostname`. */
export function parseUrl(realm: Realm, text: string): Dictionary {
  const match = /^(?:([a-zA-Z]+:)\/\/)?([^/:?]*)(?::(\d+))?(\/[^?]*)?(?:\?(.*))?/.exec(text);
  const [, protocol, host, port, path, query] = match ?? [];
  const absolute = protocol !== undefined;
  const pathname = (absolute ? path : text.split("?")[0]) || "/";
  const number = Number(port);
  return realm.object({
    ...(absolute ? { protocol } : {}),
    method: "GET",
    host: absolute ? host : "",
    path: pathname + (query === undefined ? "" : `?${query}`),
    pathname,
    search: query === undefined ? null : `?${query}`,
    port: number > 0 && number <= 65535 ? number : null,
    query: query ?? null,
  });
}
