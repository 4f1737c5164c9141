// The trust probe: what each outcome of its handshakes comes to, and what serverTrust "required" makes of it.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { createContext } from "../../src/device/context";
import { demandTrust, probeTrust } from "../../src/device/trust";
import type { Trust } from "../../src/device/trust";
import { wrongRoot } from "../../src/device/wrongRoot";
import { createHost } from "../host/host";
import { ended, expect, refused, silentHandshake, type Row } from "../host/script";

const S3 = { s3: { bucket: "logs", region: "eu-central-1" } };
const IOT = { iot: { endpoint: "a1b2-ats.iot.eu-central-1.amazonaws.com", thingName: "board-17" } };
const HOST = "logs.s3.eu-central-1.amazonaws.com";

const accepts: Row[] = [expect("\r\n"), ended()];
const distrusts: Row[] = [refused("certificate", 5, "The certificate is not trusted: InternalError: mbedtls_ssl_handshake returned -0x2700")];
const distrustsAfterwards: Row[] = [refused("handshake", 5, "InternalError: mbedtls_x509_crt_verify:   ! The certificate is not correctly signed by the trusted CA")];
const alert: Row[] = [refused("handshake", 5, "TLS handshake failed: InternalError: mbedtls_ssl_handshake returned -0x7780")];

function board(settings: object = S3, root = true) {
  const host = createHost();
  host.flash.flash.write("settings.json", JSON.stringify(settings));
  if (root) host.flash.flash.write("ca.der", "the right root");
  const context = createContext(host.platform);
  return { host, context };
}

function probe(one: ReturnType<typeof board>): Trust {
  let found: Trust | undefined;
  probeTrust(one.host.platform, one.context, (trust) => { found = trust; });
  one.host.time.settle();
  one.host.verify();
  assert.equal(one.context.trust, found);
  return found!;
}

describe("the trust probe", () => {
  const rows: [what: string, connections: Row[][], certificate: string, serverName: string, why: RegExp][] = [
    ["a wrong root is taken", [accepts], "not checked", "not checked", /^$/],
    ["a wrong root is refused, the right one taken, by any name", [distrusts, accepts, accepts], "checked", "not checked", /^$/],
    ["a wrong root is refused, the right one taken, by its name only", [distrusts, accepts, distrusts], "checked", "checked", /^$/],
    ["verification is looked at after the handshake", [distrustsAfterwards, accepts, distrustsAfterwards], "checked", "checked", /^$/],
    ["the handshake by another name breaks for another reason", [distrusts, accepts, alert], "checked", "unknown", /^$/],
    ["the right root is refused as well", [distrusts, distrusts], "unknown", "unknown", /so is ca\.der/],
    ["the second handshake does not come about", [distrusts, [refused("connect")]], "unknown", "unknown", /connect/],
    ["somebody breaks the handshake off", [alert], "unknown", "unknown", /-0x7780/],
    ["a bare end of the handshake", [[refused("handshake")]], "unknown", "unknown", /handshake/],
    ["a root that cannot be read", [[refused("certificate", 0, "ca.der cannot be read: mbedtls_x509_crt_parse of 'ca': Invalid format")]], "unknown", "unknown", /parse/],
    ["no memory for TLS", [[refused("memory")]], "unknown", "unknown", /memory/],
    ["no name server", [[refused("dns")]], "unknown", "unknown", /dns/],
    ["a server that says nothing", [[silentHandshake()]], "unknown", "unknown", /timeout/],
  ];
  for (const [what, connections, certificate, serverName, why] of rows) {
    it(`${what}: certificate ${certificate}, name ${serverName}`, () => {
      const one = board();
      for (const rows of connections) one.host.tls.script(...rows);
      const found = probe(one);
      assert.deepEqual([found.certificate, found.serverName], [certificate, serverName]);
      assert.match(found.why, why);
      assert.equal(one.host.printed.filter((line) => line.startsWith("TLS trust: ")).length, 1);
    });
  }

  it("gives the wrong root, then the one in flash, then the address in the place of the name", () => {
    const one = board();
    one.host.tls.script(...distrusts);
    one.host.tls.script(...accepts);
    one.host.tls.script(...accepts);
    probe(one);
    assert.deepEqual(one.host.tls.connections.map(({ options }) => [options.host, options.port, options.root === wrongRoot(), options.root === undefined, options.deviceCertificate]), [
      [HOST, 443, true, false, false], [HOST, 443, false, true, false], ["192.0.2.9", 443, false, true, false],
    ]);
  });

  it("leaves the name unknown where the host cannot resolve, does not answer, or the endpoint is an address", () => {
    for (const address of ["", HOST]) {
      const one = board();
      one.host.network.address = address;
      one.host.tls.script(...distrusts);
      one.host.tls.script(...accepts);
      assert.deepEqual(probe(one), { certificate: "checked", serverName: "unknown", why: "" });
    }
    const mute = board();
    mute.host.platform.network.address = () => {};
    mute.host.tls.script(...distrusts);
    mute.host.tls.script(...accepts);
    assert.equal(probe(mute).serverName, "unknown");
  });

  it("without a root in flash a refusal proves nothing, and an acceptance still does", () => {
    const one = board(S3, false);
    one.host.tls.script(...distrusts);
    assert.match(probe(one).why, /not in flash/);
    const other = board(S3, false);
    other.host.tls.script(...accepts);
    assert.equal(probe(other).certificate, "not checked");
  });

  it("asks AWS IoT, with the device's certificate, where there is no bucket; nobody without both", () => {
    const one = board(IOT);
    one.host.tls.script(...accepts);
    probe(one);
    assert.deepEqual(one.host.tls.connections.map(({ options }) => [options.host, options.port, options.deviceCertificate]), [[IOT.iot.endpoint, 8883, true]]);
    assert.match(probe(board({})).why, /no settings s3 and iot/);
  });

  it("the wrong root is a certificate of nobody's, of more than 100 bytes", () => {
    const certificate = new X509Certificate(Buffer.from(wrongRoot(), "latin1"));
    assert.equal(certificate.subject, "CN=No root of anybody");
    assert.ok(certificate.ca && wrongRoot().length > 100);
  });
});

describe('serverTrust "required"', () => {
  function demand(one: ReturnType<typeof board>): string {
    let told = "nothing";
    demandTrust(one.host.platform, one.context, (failed) => { told = failed ? failed.code + ": " + failed.message : "goes on"; });
    one.host.time.settle();
    one.host.verify();
    return told;
  }

  it("goes on with an interpreter that checks, and probes it once", () => {
    const one = board();
    for (const rows of [distrusts, accepts, accepts]) one.host.tls.script(...rows);
    assert.equal(demand(one), "goes on");
    assert.equal(demand(one), "goes on");
    assert.equal(one.host.tls.connections.length, 3);
  });

  it("refuses one that does not, and probes it once", () => {
    const one = board();
    one.host.tls.script(...accepts);
    assert.match(demand(one), /^certificate: .*does not check/);
    assert.match(demand(one), /^certificate: .*does not check/);
    assert.equal(one.host.tls.connections.length, 1);
  });

  it("refuses what it could not find out, and tries again the next time", () => {
    const one = board();
    one.host.tls.script(...alert);
    assert.match(demand(one), /^certificate: .*unknown: .*-0x7780/);
    for (const rows of [distrusts, accepts, accepts]) one.host.tls.script(...rows);
    assert.equal(demand(one), "goes on");
  });

  it("is asked before the first request, and only where it is required", () => {
    for (const [serverTrust, probes] of [["required", 1], ["reported", 0]] as const) {
      const one = board({ ...S3, tls: { serverTrust } });
      if (probes) one.host.tls.script(...accepts);
      let told: unknown;
      one.context.reach(true, (failed) => { told = failed?.code; });
      one.host.time.settle();
      one.host.verify();
      assert.deepEqual([told, one.host.tls.connections.length], [probes ? "certificate" : undefined, probes]);
    }
  });

  it("refuses where the module is not in flash", () => {
    const one = board({ ...S3, tls: { serverTrust: "required" } });
    one.host.modules.missing.add("trust");
    let told: unknown;
    one.context.reach(true, (failed) => { told = failed?.code; });
    one.host.time.settle();
    assert.equal(told, "storage");
  });
});
