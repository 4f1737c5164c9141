// Every odd form in which certificates and keys come: what is made of it, or what is said.
import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { checkKeyKind } from "../../tools/provision/certificates";
import { findingLine, Findings } from "../../tools/provision/finding";
import { readItems } from "../../tools/provision/pem";
import { checkNeeds, makePlan, type Plan, type PlanInput } from "../../tools/provision/plan";
import { certificate, crossSigned, der, locked, lockedOld, NOW, oddKey, oddPem, pair, pkcs1, pkcs8, publicKey, request, sec1 } from "./provision.files";

const amazon = (file: string) => readFileSync(new URL(`../../certs/${file}.pem`, import.meta.url), "utf8");
const text = (finding: Plan) => finding.findings.list.map(findingLine).join("\n");

describe("provision: certificates and keys", function () {
  this.timeout(60_000);
  let files: Record<string, string>;
  let cert: string, key: string;

  before(async () => {
    const [board, other, ec, weak, big, root] = await Promise.all([pair(), pair(), pair("P-256"), pair("RSA", 1024), pair("RSA", 3072), pair()]);
    const signed = { issuer: { name: "Own Root", by: root } };
    cert = await certificate(board, signed);
    key = pkcs1(board);
    files = {
      cert, key, pkcs8: pkcs8(board), otherKey: pkcs8(other), ecCert: await certificate(ec, signed), ecKey: sec1(ec), ecKey8: pkcs8(ec),
      weakCert: await certificate(weak, signed), weakKey: pkcs8(weak), bigCert: await certificate(big, signed), bigKey: pkcs8(big),
      locked: locked(board), lockedOld: lockedOld(board), public: await publicKey(board), request: await request(board), ed: oddPem("ed25519"), crossed: await crossSigned(amazon("AmazonRootCA1"), root),
      early: await certificate(board, { ...signed, from: 1 }), late: await certificate(board, { ...signed, to: -1 }), soon: await certificate(board, { ...signed, to: 30.5 }),
      root: await certificate(root, { name: "Own Root", ca: true }), between: await certificate(board, { ...signed, name: "Between", ca: true }), leafRoot: await certificate(board, { ca: false }),
      lateRoot: await certificate(root, { name: "Own Root", ca: true, to: -1 }),
      amazon1: amazon("AmazonRootCA1"), amazon2: amazon("AmazonRootCA2"), amazon3: amazon("AmazonRootCA3"), starfield: amazon("StarfieldServicesRootG2"),
      verisign: await certificate(root, { name: "VeriSign Class 3 Public Primary Certification Authority - G5", ca: true }),
    };
  });

  const given = (name: string, bytes: Buffer | string) => ({ name, bytes: Buffer.from(bytes as string) });
  function plan(input: { ca?: Buffer | string; cert?: Buffer | string; key?: Buffer | string; verifyKey?: Buffer | string; allowRoot?: boolean; certName?: string }): Plan {
    const made: PlanInput = { allowRoot: input.allowRoot ?? false, now: NOW };
    if (input.ca !== undefined) made.ca = given("ca.pem", input.ca);
    if (input.cert !== undefined) made.cert = given(input.certName ?? "cert.pem", input.cert);
    if (input.key !== undefined) made.key = given("key.pem", input.key);
    if (input.verifyKey !== undefined) made.verifyKey = given("verify.hex", input.verifyKey);
    return makePlan(made);
  }

  const forms: [name: string, form: (pem: string) => Buffer | string][] = [
    ["as it is", (pem) => pem],
    ["CRLF", (pem) => pem.replace(/\n/g, "\r\n")],
    ["CR alone", (pem) => pem.replace(/\n/g, "\r")],
    ["empty lines between", (pem) => pem.replace(/\n/g, "\n\n")],
    ["no last line end", (pem) => pem.trimEnd()],
    ["spaces at the ends of lines", (pem) => pem.replace(/\n/g, "  \t\n")],
    ["indented", (pem) => pem.replace(/^/gm, "    ")],
    ["one line", (pem) => pem.replace(/\n/g, "")],
    ["\\n written out", (pem) => `KEY="${pem.replace(/\n/g, "\\n")}"`],
    ["text around", (pem) => `Bag Attributes\n    friendlyName: board\nsubject=CN = x\n\n${pem}\n# end -----\n`],
    ["a byte order mark", (pem) => "\ufeff" + pem],
    ["UTF-16, as PowerShell writes it", (pem) => Buffer.from("\ufeff" + pem, "utf16le")],
    ["UTF-16, big endian", (pem) => Buffer.from("\ufeff" + pem, "utf16le").swap16()],
    ["JSON of create-keys-and-certificate", (pem) => JSON.stringify({ certificateArn: "arn:aws:iot:x", certificatePem: pem, keyPair: { PublicKey: "no" } }, null, 4)],
    ["JSON that escapes more than it must", (pem) => JSON.stringify({ pem }).replace(/\+/g, "\\u002B").replace(/\//g, "\\/")],
    ["base64 alone", (pem) => pem.replace(/-----[^-]+-----/g, "")],
    ["DER", der],
  ];
  for (const [name, form] of forms) {
    it(`reads ${name}`, () => {
      for (const one of [files["key"]!, files["pkcs8"]!]) {
        const { records, findings } = plan({ cert: form(cert), key: form(one) });
        assert.deepEqual(findings.list, []);
        assert.deepEqual(records.map((record) => record.name), ["cert.der", "key.der"]);
        assert.equal(new X509Certificate(records[0]!.bytes).raw.equals(der(cert)), true);
        // PKCS#8, whatever came.
        assert.equal(createPublicKey(createPrivateKey({ key: records[1]!.bytes, format: "der", type: "pkcs8" })).equals(new X509Certificate(cert).publicKey), true);
      }
      assert.equal(plan({ ca: form(files["amazon1"]!) }).records[0]!.bytes.length, 837);
    });
  }

  it("takes the right one of several, and says so", () => {
    const all = files["root"]! + files["key"]! + cert + files["amazon1"]!;
    const { records, findings } = plan({ cert: all, key: all, ca: all });
    assert.equal(findings.failed, false, findings.list.map(findingLine).join("\n"));
    assert.deepEqual(records.map(({ name, bytes }) => [name, bytes.length === 837 || bytes.equals(der(cert)) || name]), [["ca.der", true], ["cert.der", true], ["key.der", "key.der"]]);
    assert.match(findings.list.map(findingLine).join("\n"), /note +ca.pem: holds 3 certificates, and a board takes one root: "Amazon Root CA 1"\.\nnote +cert.pem: holds 3 certificates/);
  });
  it("takes EC keys with parameters before them, as openssl ecparam writes, and explains", () => {
    const made = plan({ cert: files["ecCert"]!, key: "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + files["ecKey"]! });
    assert.equal(made.findings.failed, false);
    assert.match(text(made), /warning cert\.pem: has a key EC prime256v1: ESP32 builds should take it, .*Linux build .* does not/);
    assert.equal(createPrivateKey({ key: made.records[1]!.bytes, format: "der", type: "pkcs8" }).asymmetricKeyType, "ec");
  });

  // What is given as --ca, --cert, --key ("-": as it should be), and what is said about it.
  const refused: [ca: string, cert: string, key: string, said: RegExp][] = [
    ["-", "key", "cert", /key\.pem: is a certificate\. Are --cert and --key exchanged\?; expected the private key[^]*cert\.pem: is a private key\. Are --cert and --key exchanged\?; expected the certificate/],
    ["cert", "-", "-", /ca\.pem: is the certificate of "AWS IoT Certificate", no root[^]*Are --ca and --cert exchanged/],
    ["-", "amazon1", "-", /cert\.pem: is the certificate of an authority \("Amazon Root CA 1"\)[^]*--ca and --cert exchanged/],
    ["key", "-", "-", /ca\.pem: is a private key\. Keep it secret and give it as --key; expected a root/],
    ["-", "-", "public", /key\.pem: is a public key; the private one cannot be made from it[^]*aws iot create-keys-and-certificate/],
    ["-", "public", "-", /cert\.pem: is a public key, the file that AWS hands out beside the certificate/],
    ["-", "request", "-", /cert\.pem: is a certificate signing request\. Have AWS make the certificate: aws iot create-certificate-from-csr --certificate-signing-request file:\/\/cert\.pem/],
    ["-", "-", "request", /key\.pem: is a certificate signing request\. The key is the file that it was made with/],
    ["-", "-", "locked", /key\.pem: is a private key locked with a passphrase[^]*openssl pkey -in key\.pem -out unlocked\.pem/],
    ["-", "-", "lockedOld", /key\.pem: is a private key locked with a passphrase/],
    ["-", "locked", "-", /cert\.pem: is a private key locked .* belongs to --key/],
    ["-", "-", "otherKey", /key\.pem: does not belong to the certificate cert\.pem \("AWS IoT Certificate"\): the key has RSA 2048, public key [0-9a-f]{16}, the certificate RSA 2048, public key [0-9a-f]{16}\. Take both from one download/],
    ["-", "ecCert", "-", /key\.pem: does not belong/],
    ["-", "weakCert", "weakKey", /cert\.pem: has a key RSA 1024; AWS IoT takes RSA from 2048 bits/],
    ["-", "-", "ed", /key\.pem: does not belong .* the key has ed25519/],
    ["-", "early", "-", /cert\.pem: is not valid before 2026-11-23T12:00:00\.000Z, and here it is 2026-11-22T12:00:00\.000Z\. Is this computer's clock right/],
    ["-", "late", "-", /cert\.pem: ended on 2026-11-21, and here it is 2026-11-22/],
    ["root", "-", "-", /ca\.pem: is the root "Own Root", SHA-256 [0-9a-f]{64}, which is none of Amazon's\. [^]*--allow-root/],
    ["verisign", "-", "-", /VeriSign Class 3.* none of Amazon's/],
    ["between", "-", "-", /ca\.pem: is an intermediate certificate \("Between"\)/],
    ["leafRoot", "-", "-", /no root: it can vouch for nobody/],
    ["crossed", "-", "-", /ca\.pem: is "Amazon Root CA 1" signed by another root, and not the root itself\. Use certs\/AmazonRootCA1\.pem/],
    ["lateRoot", "-", "-", /ca\.pem: ended on/],
  ];
  for (const [ca, one, its, said] of refused) {
    it(`refuses --ca ${ca} --cert ${one} --key ${its}`, () => {
      const made = plan({ ca: files[ca] ?? files["amazon1"]!, cert: files[one] ?? cert, key: files[its] ?? key });
      assert.equal(made.findings.failed, true);
      assert.match(text(made), said);
    });
  }

  const looked: [what: string, input: () => Parameters<typeof plan>[0], said: RegExp][] = [
    ["a certificate that ends soon", () => ({ cert: files["soon"]!, key }), /^warning cert\.pem: ends on 2026-12-23, in 30 days/],
    ["a big key", () => ({ cert: files["bigCert"]!, key: files["bigKey"]! }), /^warning cert\.pem: has a key RSA 3072: every handshake takes a board many seconds/],
    ["a root of its own that is wanted", () => ({ ca: files["root"]!, allowRoot: true }), /^warning ca\.pem: is the root "Own Root", none of Amazon's/],
    ["a reserved root", () => ({ ca: files["amazon2"]! }), /^warning ca\.pem: is "Amazon Root CA 2"; AWS answers with certificates under Amazon Root CA 1/],
    ["the old root above", () => ({ ca: files["starfield"]! }), /^warning .*Starfield/],
    ["the EC root", () => ({ ca: files["amazon3"]! }), /^$/],
    ["a name of another certificate", () => ({ cert, key, certName: `/tmp/${"0".repeat(64)}-certificate.pem.crt` }), /^warning .*is named after certificate 0000000000\.\.\. and holds/],
  ];
  for (const [what, input, said] of looked) {
    it(`takes ${what}`, () => {
      const made = plan(input());
      assert.equal(made.findings.failed, false, text(made));
      assert.match(text(made), said);
    });
  }

  const strange: [what: string, bytes: () => Buffer | string, said: RegExp][] = [
    ["an empty file", () => "", /is empty\. Download it again/],
    ["a web page", () => "<!DOCTYPE html><html>", /is a web page or an error message/],
    ["an error of S3", () => '<?xml version="1.0"?><Error>', /is a web page or an error message/],
    ["noise", () => Buffer.from([1, 2, 3, 0, 255]), /is neither PEM nor DER/],
    ["noise that begins as DER", () => Buffer.from("30820101" + "ff".repeat(257), "hex"), /is neither PEM nor DER/],
    ["half a file", () => key.slice(0, 700), /ends before its END line/],
    ["a damaged file", () => key.replace(/MII/, "M?I"), /is damaged/],
    ["a file with characters lost", () => key.replace(/\n.{20}/, "\n"), /is damaged/],
    ["a PKCS#12 store", () => Buffer.from("308209cf0201033082098506092a864886f70d010701a0820976", "hex"), /is a PKCS#12 store\. Unpack it: openssl pkcs12 -in key\.pem -nodes/],
    ["a PKCS#7 bundle", () => Buffer.from("3082032806092a864886f70d010702a0820319308203150201", "hex"), /is a PKCS#7 bundle\. Unpack it: openssl pkcs7/],
    ["OpenSSH's key", () => "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n", /OpenSSH's own form/],
    ["SSH's public key", () => "ssh-rsa AAAA me@here", /is a public key of SSH/],
    ["PuTTY's key", () => "PuTTY-User-Key-File-3: ssh-rsa", /is a key of PuTTY/],
    ["an archive", () => Buffer.from("504b0304140000000800", "hex"), /is an archive/],
    ["a Java store", () => Buffer.from("feedfeed00000002", "hex"), /is a Java key store/],
    ["OpenSSL's trusted form", () => cert.replace(/CERTIFICATE/g, "TRUSTED CERTIFICATE"), /OpenSSL's trust settings/],
    ["a revocation list", () => cert.replace(/CERTIFICATE/g, "X509 CRL"), /list of revoked/],
    ["parameters before a locked key", () => "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + files["locked"]!, /locked with a passphrase/],
    ["two keys", () => key + files["otherKey"]!, /holds 2 private keys; expected one/],
  ];
  for (const [what, bytes, said] of strange) {
    it(`explains ${what}`, () => assert.match(text(plan({ cert, key: bytes() })), said));
  }

  it("refuses kinds of keys that no board takes", () => {
    for (const [kind, said] of [["ed25519", /has a key ed25519; a board takes RSA 2048\. Leave the key to AWS/], ["secp256k1", /has a key EC secp256k1; AWS IoT and the board have prime256v1 and secp384r1 in common/]] as const) {
      const findings = new Findings();
      checkKeyKind(createPublicKey(oddKey(kind)), "key.pem", findings);
      assert.match(findings.list.map(findingLine).join("\n"), said);
    }
  });
  it("tells what settings need beside them", () => {
    const records = ["ca.der", "cert.der", "key.der"].map((name) => ({ name, bytes: Buffer.alloc(1), about: "" }));
    const needs: [settings: Record<string, unknown> | undefined, given: number, held: string[] | undefined, said: RegExp][] = [
      [{ iot: {} }, 3, [], /^$/],
      [{ iot: {} }, 0, ["ca.der", "cert.der", "key.der"], /^$/],
      [{ s3: {} }, 1, [], /^$/],
      [{ iot: {} }, 1, ["cert.der"], /^error   iot: needs the certificate of the thing and its key\. Give --cert and --key\.$/],
      [{ credentials: { source: "iot" } }, 1, [], /^error   credentials\.source: needs the certificate/],
      [{ iot: {} }, 1, undefined, /^note    iot: needs .* Give --cert and --key unless the board has them\.$/],
      [{ s3: {} }, 0, undefined, /^note    ca\.der: Amazon Root CA 1 is written where the board has no root\.$/],
      [undefined, 0, [], /^warning ca\.der: is missing: the board does not know whom to trust/],
    ];
    for (const [settings, given, held, said] of needs) {
      const findings = new Findings();
      checkNeeds(settings, records.slice(0, given), held, findings);
      assert.match(findings.list.map(findingLine).join("\n"), said);
    }
  });
  it("needs certificate and key together", () => {
    assert.match(text(plan({ cert })), /--key: is missing: a certificate is of no use without its key/);
    assert.match(text(plan({ key })), /--cert: is missing/);
  });
  it("takes the key of manifests in three forms", () => {
    const raw = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7));
    for (const form of [raw, raw.toString("hex") + "\n", raw.toString("base64") + "\r\n"]) assert.deepEqual(plan({ verifyKey: form }).records[0]!.bytes, raw);
    for (const [form, said] of [["short", /holds 5 bytes; expected the key of manifests: 32 bytes/], ["0".repeat(64), /is no random key/]] as const) assert.match(text(plan({ verifyKey: form })), said);
  });
  it("is not broken by a byte changed anywhere", () => {
    for (const [role, whole] of [["ca", der(files["amazon1"]!)], ["cert", der(cert)], ["key", der(key)], ["key", der(files["locked"]!)], ["cert", der(files["request"]!)]] as const) {
      // At 129 a date of the root is no date any more.
      for (const at of [129, ...Array.from({ length: Math.floor(whole.length / 17) }, (_, i) => i * 17)]) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << (at % 8);
        assert.doesNotThrow(() => plan({ ca: files["amazon1"]!, cert, key, [role]: bytes }), `${role} at ${at}`);
      }
    }
  });
  it("is not broken by a file cut anywhere, and never quotes a key", () => {
    const secret = key.split("\n")[5]!;
    for (const whole of [Buffer.from(key), der(key), Buffer.from(JSON.stringify({ key })), Buffer.from(files["lockedOld"]!)]) {
      for (let end = 0; end < whole.length; end += 37) {
        assert.doesNotThrow(() => readItems(whole.subarray(0, end)));
        assert.equal(text(plan({ cert, key: whole.subarray(0, end) })).includes(secret), false);
      }
    }
  });
});
