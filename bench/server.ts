// The server of the bare loops, in a process of its own: it counts bytes and answers after the last one, or sends as many as it is asked for.
// Run as: tsx bench/server.ts CERTIFICATE.pem KEY.pem. Prints its ports, with TLS and without, and runs until it is stopped.
import { readFileSync } from "node:fs";
import { createServer as createPlainServer, type AddressInfo, type Socket } from "node:net";
import { createServer } from "node:tls";

const [certificate, key] = process.argv.slice(2);
if (!certificate || !key) throw new Error("Certificate and key are missing");

/** The suites that the local cloud prefers, in its order. */
const CIPHERS = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-GCM-SHA384";

const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key), minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: CIPHERS, honorCipherOrder: true });

/** The first line is "PUT n", and n bytes follow, or "GET n". */
function serve(socket: Socket): void {
  let left: number | undefined;
  socket.on("error", () => {});
  socket.on("data", (data) => {
    let count = data.length;
    if (left === undefined) {
      const end = data.indexOf("\n");
      const [method, size] = data.toString("latin1", 0, end).split(" ");
      if (method === "GET") {
        socket.write(Buffer.alloc(Number(size), "x"));
        return;
      }
      left = Number(size);
      count -= end + 1;
    }
    left -= count;
    if (left <= 0) socket.write("done");
  });
}

server.on("secureConnection", serve);
server.on("tlsClientError", () => {});
const plain = createPlainServer(serve);
const port = (one: { address(): unknown }) => (one.address() as AddressInfo).port;
server.listen(0, "127.0.0.1", () => plain.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: port(server), plainPort: port(plain) }))));
