// What a chunk of a put costs in our own code and in the interpreter's, milliseconds each. Bundled, lowered and minified like the image.
import { hash } from "../../src/espruino/hash";
import { files } from "../../src/espruino/files";
import { createChunkSigner } from "../../src/sigv4/chunkSignature";
import { signingKey } from "../../src/sigv4/signingKey";

const SCOPE = "20260101/eu-central-1/s3/aws4_request";

function milliseconds(times, action) {
  const start = Date.now();
  for (let i = 0; i < times; i++) action();
  return (Date.now() - start) / times;
}

/** `path` holds at least 1 MiB. */
global.parts = function (path) {
  const file = files.open(path, "r");
  const linked = file.read(8192);
  const flat = E.toString(new Uint8Array(8192));
  const seed = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  const key = signingKey(hash, "secret", SCOPE);
  const sign = createChunkSigner(hash, key, "20260101T000000Z", SCOPE, seed);
  const read = milliseconds(100, function () {
    file.read(8192);
  });
  file.close();
  return {
    read: read,
    sign: milliseconds(200, () => sign(linked)),
    signFlat: milliseconds(200, () => sign(flat)),
    hash: milliseconds(200, () => hash.sha256(linked)),
    signNothing: milliseconds(200, () => sign("")),
  };
};
