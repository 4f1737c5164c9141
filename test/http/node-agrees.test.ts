// An independent check of the table of responses: Node's own HTTP client reads the same from the same bytes.
import assert from "node:assert/strict";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { complete, KEEP, type ResponseRow } from "./responses";

/** Serves the bytes of a row to one connection, in pieces, then ends it. */
async function replay<T>(row: ResponseRow, piece: number, client: (port: number) => Promise<T>): Promise<T> {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", async () => {
      for (let at = 0; at < row.bytes.length; at += piece) {
        socket.write(Buffer.from(row.bytes.slice(at, at + piece), "latin1"));
        await new Promise(setImmediate);
      }
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await client((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

function read(row: ResponseRow, port: number): Promise<Pick<ResponseRow, "interim" | "status" | "headers" | "body">> {
  return new Promise((resolve, reject) => {
    const interim: number[] = [];
    const request = http.request({ port, host: "127.0.0.1", method: row.method ?? "GET", agent: false }, (response) => {
      const body: Buffer[] = [];
      response.on("data", (bytes: Buffer) => body.push(bytes));
      response.on("error", reject);
      response.on("end", () => {
        const kept = Object.entries(response.headers).filter(([name]) => KEEP.split(" ").includes(name));
        resolve({ interim, status: response.statusCode!, headers: Object.fromEntries(kept) as ResponseRow["headers"] & {}, body: Buffer.concat(body).toString("latin1") });
      });
    });
    request.on("information", (information) => interim.push(information.statusCode));
    request.on("error", reject);
    request.end();
  });
}

describe("Node's own HTTP client", () => {
  for (const row of complete.filter((one) => one.notNode === undefined)) {
    it(`reads ${row.title} as the table says`, async () => {
      for (const piece of [Infinity, 7]) {
        const got = await replay(row, Math.min(piece, row.bytes.length > 1000 ? 500 : piece), (port) => read(row, port));
        assert.deepEqual(got, { interim: row.interim ?? [], status: row.status, headers: row.headers ?? {}, body: row.body ?? "" });
      }
    });
  }

  for (const row of complete.filter((one) => one.notNode !== undefined)) {
    it(`refuses ${row.title}: ${row.notNode}`, async () => {
      await assert.rejects(replay(row, Infinity, (port) => read(row, port)), /Parse Error/);
    });
  }
});
