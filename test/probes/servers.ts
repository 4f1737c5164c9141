// The servers that probes talk to, on loopback. What they do is told by the first bytes a client sends.
import dgram from "node:dgram";
import net from "node:net";
import tls from "node:tls";
import { type Certificate, makeCertificate } from "./certificates";

export interface Servers {
  /** The line that a probe is started with: its ports and certificates. */
  readonly prelude: string;
  close(): void;
}

/** "SEND n" sends n bytes; "END n" sends n bytes and ends; "CUT" drops TCP soon; "RESET" sends RST; all else is echoed. */
function obey(socket: net.Socket, raw: net.Socket): void {
  socket.on("error", () => undefined);
  socket.on("data", (data) => {
    const [, command, count] = /^(SEND|END|CUT|RESET)(?: (\d+))?/.exec(data.toString("latin1")) ?? [];
    const bytes = Buffer.alloc(Number(count ?? 0), "x");
    if (command === "SEND") socket.write(bytes);
    else if (command === "END") socket.end(bytes);
    else if (command === "CUT") setTimeout(() => raw.destroy(), 30);
    else if (command === "RESET") raw.resetAndDestroy();
    else socket.write(data);
  });
}

/** A TLS server behind a TCP server, so that TCP can be cut without the end of TLS. */
function tlsServer(certificate: Certificate, options: tls.TlsOptions, serve: (socket: tls.TLSSocket, raw: net.Socket) => void): net.Server {
  const inner = tls.createServer({ cert: certificate.pem, key: certificate.keyPem, maxVersion: "TLSv1.2", ...options });
  inner.on("tlsClientError", () => undefined);
  const raws: net.Socket[] = [];
  inner.on("secureConnection", (socket) => {
    const raw = raws.find((one) => one.remotePort === socket.remotePort);
    if (raw) serve(socket, raw);
  });
  return net.createServer((raw) => {
    raws.push(raw);
    raw.on("error", () => undefined);
    inner.emit("connection", raw);
  });
}

export async function startServers(): Promise<Servers> {
  const [server, client, elliptic] = await Promise.all([
    makeCertificate("localhost", "rsa"), makeCertificate("board-1", "rsa"), makeCertificate("localhost", "ec"),
  ]);
  const servers = {
    tcp: net.createServer((socket) => obey(socket, socket)),
    silent: net.createServer((socket) => socket.on("error", () => undefined)),
    tls: tlsServer(server, {}, obey),
    ec: tlsServer(elliptic, {}, obey),
    mutual: tlsServer(server, { requestCert: true, rejectUnauthorized: true, ca: [client.pem] }, (socket) => {
      socket.on("error", () => undefined);
      socket.on("data", () => socket.write(`client is ${socket.getPeerCertificate().subject?.CN}`));
    }),
  };
  const udp = dgram.createSocket("udp4");
  udp.on("message", (message, from) => {
    const [, count] = /^SEND (\d+)/.exec(message.toString("latin1")) ?? [];
    udp.send(count === undefined ? message : Buffer.alloc(Number(count), "u"), from.port, from.address);
  });
  const ports: Record<string, number> = {};
  for (const [name, one] of Object.entries(servers)) {
    await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
    ports[name] = (one.address() as net.AddressInfo).port;
  }
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  ports["udp"] = udp.address().port;
  const certificates = { server: server.der, pem: server.pem, client: client.der, clientKey: client.keyDer };
  return {
    prelude: `echo(0);var PORTS=${JSON.stringify(ports)},CERTIFICATES=${JSON.stringify(certificates)};`,
    close() {
      for (const one of Object.values(servers)) one.close();
      udp.close();
    },
  };
}
