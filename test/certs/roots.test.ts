// The root certificates are what certs/roots.json says, and nothing else lies beside them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { X509Certificate, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";

interface Root { file: string; subject: string; key: string; bytes: number; notBefore: string; notAfter: string; sha256: string; publicKeySha256: string }

const folder = new URL("../../certs/", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");
const roots = JSON.parse(read("roots.json")) as Root[];
const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

/** "RSA 2048" or "EC prime256v1". */
function keyOf({ publicKey }: X509Certificate): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return publicKey.asymmetricKeyType === "rsa" ? `RSA ${modulusLength}` : `EC ${namedCurve}`;
}

describe("certs", () => {
  it("lets git see the five roots, their list and the README, and nothing else", function () {
    const git = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--", "."], { cwd: fileURLToPath(folder), encoding: "utf8" });
    if (git.status !== 0) this.skip(); // an unpacked archive is no git checkout
    const seen = [...new Set(git.stdout.split("\n").filter(Boolean))];
    assert.deepEqual(seen.sort(), [...roots.map((root) => root.file), "README.md", "roots.json"].sort());
  });

  it("holds no private key", () => {
    for (const { file } of roots) assert.doesNotMatch(read(file), /PRIVATE KEY/);
  });

  for (const root of roots) {
    describe(root.file, () => {
      const text = read(root.file);
      const certificate = new X509Certificate(text);

      it("is one certificate and nothing more", () => {
        assert.match(text, /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----\n$/);
        assert.equal(certificate.raw.length, root.bytes);
      });

      it("has the listed fingerprints", () => {
        assert.equal(sha256(certificate.raw), root.sha256);
        assert.equal(sha256(certificate.publicKey.export({ type: "spki", format: "der" })), root.publicKeySha256);
      });

      it("has the listed subject, key and dates", () => {
        assert.equal(certificate.subject.split("\n").join(", "), root.subject);
        assert.equal(keyOf(certificate), root.key);
        assert.equal(new Date(certificate.validFrom).toISOString(), root.notBefore);
        assert.equal(new Date(certificate.validTo).toISOString(), root.notAfter);
      });

      it("is a certificate authority that signed itself", () => {
        assert.equal(certificate.ca, true);
        assert.equal(certificate.checkIssued(certificate), true);
        assert.equal(certificate.verify(certificate.publicKey), true);
      });

      it("is valid for another year", () => {
        assert.ok(Date.parse(root.notAfter) > Date.now() + 365 * 86400e3);
      });
    });
  }
});
