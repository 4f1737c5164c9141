// Brokers for the tests of MQTT, over mutual TLS on a free port of this machine: aedes in this process, and Debian's mosquitto.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import tls from "node:tls";
import { Aedes } from "aedes";
import type { Certificates } from "../../sim/cloud/certificates";

export interface Broker {
  port: number;
  stop(): Promise<void>;
}

/** Suites that an old mbedTLS has, too: RSA without ephemeral keys. */
export async function startAedes({ ca, server }: Certificates): Promise<Broker & { broker: Aedes }> {
  const broker = await Aedes.createBroker();
  const listener = tls.createServer(
    {
      ca: ca.pem, cert: server.certificate.pem, key: server.key.pem, requestCert: true, rejectUnauthorized: true,
      minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256:AES256-GCM-SHA384",
    },
    (socket) => {
      socket.on("error", () => {});
      broker.handle(socket);
    },
  );
  await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
  return {
    broker, port: (listener.address() as AddressInfo).port,
    stop: async () => {
      listener.close();
      await new Promise<void>((done) => broker.close(() => done()));
    },
  };
}

/** The program mosquitto, or undefined. */
export const mosquitto = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"].map((directory) => join(directory, "mosquitto")).find((path) => existsSync(path));

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Starts mosquitto with a configuration of its own. */
export async function startMosquitto({ ca, server }: Certificates): Promise<Broker & { output(): string }> {
  const directory = mkdtempSync(join(tmpdir(), "mosquitto-"));
  const port = await freePort();
  const configuration = join(directory, "mosquitto.conf");
  writeFileSync(configuration, [
    `listener ${port} 127.0.0.1`, "allow_anonymous true", `cafile ${ca.pemPath}`, `certfile ${server.certificate.pemPath}`, `keyfile ${server.key.pemPath}`,
    "require_certificate true", "tls_version tlsv1.2", "persistence false", "log_type all", "",
    // Started by root it would become another user, who cannot read the key.
    ...(process.getuid?.() === 0 ? ["user root"] : []), "",
  ].join("\n"));
  const child = spawn(mosquitto!, ["-c", configuration, "-v"], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const ended = new Promise((done) => child.once("exit", done));
  await new Promise<void>((done, failed) => {
    const take = (bytes: Buffer) => {
      output += bytes;
      if (/mosquitto version .* running/.test(output)) done();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    void ended.then(() => failed(new Error("mosquitto ended: " + output)));
  });
  return {
    port, output: () => output,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
