// require("crypto"): hashes of whole messages. There is no incremental hash and no HMAC.
import { createHash, pbkdf2Sync, createCipheriv, createDecipheriv } from "node:crypto";
import { asBytes, collectBytes } from "./bytes";
import type { Dictionary, Realm } from "./realm";

/** Trap: a message that is not flat must fit on the stack. The virtual board does not know what is flat. */
export function cryptoModule(realm: Realm): object {
  const module = realm.object();
  const hash = (algorithm: string) => (message: unknown): ArrayBuffer =>
    realm.arrayBuffer(createHash(algorithm).update(collectBytes(message)).digest());
  realm.define(module, {
    SHA1: hash("sha1"), SHA224: hash("sha224"), SHA256: hash("sha256"), SHA384: hash("sha384"), SHA512: hash("sha512"),
    PBKDF2(passphrase: unknown, salt: unknown, options: Dictionary = {}) {
      const words = Number(options["keySize"] ?? 4), iterations = Number(options["iterations"] ?? 1);
      const hasher = asBytes(options["hasher"] ?? "SHA1").toLowerCase();
      return realm.arrayBuffer(pbkdf2Sync(collectBytes(passphrase), collectBytes(salt), iterations, words * 4, hasher));
    },
    AES: aes(realm),
  });
  return module;
}

function aes(realm: Realm): object {
  const object = realm.object();
  const run = (decrypt: boolean) => (message: unknown, key: unknown, options: Dictionary = {}): ArrayBuffer => {
    const secret = collectBytes(key);
    const mode = asBytes(options["mode"] ?? "CBC").toLowerCase();
    const iv = mode === "ecb" ? null : options["iv"] === undefined ? Buffer.alloc(16) : collectBytes(options["iv"]);
    const cipher = (decrypt ? createDecipheriv : createCipheriv)(`aes-${secret.length * 8}-${mode}`, secret, iv);
    cipher.setAutoPadding(false);
    return realm.arrayBuffer(Buffer.concat([cipher.update(collectBytes(message)), cipher.final()]));
  };
  realm.define(object, { encrypt: run(false), decrypt: run(true) });
  return object;
}
