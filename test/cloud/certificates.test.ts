// Certificates that outlive the cloud: a board keeps the root in its flash (RFC 5280).
import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCertificates, type Certificates } from "../../sim/cloud/certificates";

describe("The cloud's certificates", function () {
  this.timeout(20_000);
  let directory: string;
  let first: Certificates;
  const open = (hosts: string[] = [], now = Date.now()) => openCertificates({ directory, hosts, now });
  const same = (a: Certificates, b: Certificates) => ({ root: a.ca.pem === b.ca.pem, server: a.server.certificate.pem === b.server.certificate.pem, device: a.device.key.pem === b.device.key.pem });
  const holds = ({ ca, server, device }: Certificates) => {
    const root = new X509Certificate(ca.der);
    for (const { certificate } of [server, device]) ok(new X509Certificate(certificate.der).verify(root.publicKey));
  };
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "certificates-"));
    first = await open();
  });
  after(() => rmSync(directory, { recursive: true }));

  it("are used again while they hold", async () => {
    deepEqual(same(await open(), first), { root: true, server: true, device: true });
    deepEqual(same(await open(["127.0.0.1", "thing.localhost"]), first), { root: true, server: false, device: true });
  });

  it("get a new server under the same root when an address is added, and keep it when it is taken away", async () => {
    const moved = await open(["192.0.2.7"]);
    deepEqual(same(moved, first), { root: true, server: false, device: true });
    holds(moved);
    ok(new X509Certificate(moved.server.certificate.der).checkIP("192.0.2.7"));
    deepEqual(same(await open(), moved), { root: true, server: true, device: true });
  });

  it("never repeat a serial number under one root", async () => {
    const serial = ({ server }: Certificates) => new X509Certificate(server.certificate.der).serialNumber;
    notDeepEqual(serial(await open(["192.0.2.8"])), serial(await open(["192.0.2.9"])));
  });

  it("are made anew where one is damaged, the others stay", async () => {
    const before = await open();
    writeFileSync(before.device.key.derPath, "torn");
    const mended = await open();
    deepEqual([same(mended, before), readFileSync(mended.device.key.derPath).equals(mended.device.key.der)], [{ root: true, server: true, device: false }, true]);
    holds(mended);
  });

  it("are all made anew when the root has run out or its key is gone", async () => {
    const before = await open();
    const late = await open([], Date.now() + 3651 * 86_400_000);
    deepEqual(same(late, before), { root: false, server: false, device: false });
    holds(late);
    rmSync(join(directory, "ca.key.pem"));
    const orphaned = await open();
    deepEqual(same(orphaned, late), { root: false, server: false, device: false });
    holds(orphaned);
  });

  it("lie where only their owner can read them", () => {
    for (const path of [first.ca.pemPath, first.server.key.derPath, join(directory, "ca.key.pem")]) equal(statSync(path).mode & 0o077, 0);
  });
});
