// The network of a virtual ESP32 against servers of this process.
import assert from "node:assert/strict";
import dgram from "node:dgram";
import net from "node:net";
import tls from "node:tls";
import type { Board } from "../../sim/board/index";
import { makeCertificate } from "../probes/certificates";
import { boot, cleanUp, printed, thrown } from "./boards";

async function online(image: string, options: object = {}): Promise<Board> {
  const board = await boot({ image, ...options });
  board.run("require('Wifi').connect('any', {}, () => print('online'))");
  await printed(board, "online");
  return board;
}

describe("the network of a virtual board", function () {
  this.timeout(20_000);
  let server: tls.Server;
  let port = 0;
  const received: Buffer[] = [];
  let names: (string | false | null)[] = [];
  let connections = 0;

  before(async () => {
    const certificate = await makeCertificate("localhost", "rsa");
    server = tls.createServer({ cert: certificate.pem, key: certificate.keyPem }, (socket) => {
      connections++;
      names.push(socket.servername);
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        received.push(data);
        const [, count] = /GET (\d+)/.exec(data.subarray(0, 20).toString("latin1")) ?? [];
        if (count !== undefined) socket.write(Buffer.alloc(Number(count), "d"));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as net.AddressInfo).port;
  });
  after(() => server.close());
  beforeEach(() => { received.length = 0; names = []; connections = 0; });
  afterEach(cleanUp);

  it("sends 10 MiB within a few seconds, all of it", async () => {
    const board = await online("var buf = E.toString(new Uint8Array(2048).fill(65)), sent = 0");
    const start = Date.now();
    board.run(`var s = require('tls').connect({host: '127.0.0.1', port: ${port}}); function go() { if (sent < 10485760) { sent += 2048; s.write(buf); } else print('sent'); }; s.on('drain', go)`);
    await printed(board, "sent", 15_000);
    while (received.reduce((sum, data) => sum + data.length, 0) < 10_485_760) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(received.reduce((sum, data) => sum + data.length, 0), 10_485_760);
    assert.ok(Date.now() - start < 8000, `took ${Date.now() - start} ms`);
  });

  it("receives 1 MiB within a few seconds, all of it", async () => {
    const board = await online("var n = 0");
    const start = Date.now();
    board.run(`var s = require('tls').connect({host: '127.0.0.1', port: ${port}}); s.write('GET 1048576'); s.on('data', d => { n += d.length; if (n == 1048576) print('all'); })`);
    await printed(board, "all", 15_000);
    assert.ok(Date.now() - start < 5000, `took ${Date.now() - start} ms`);
  });

  it("stalls on a socket that was made after the chunk was raised", async () => {
    const board = await online("var n = 0; require('dgram').createSocket({type: 'udp4', recvBufferSize: 4096})");
    const start = Date.now();
    board.run(`var s = require('tls').connect({host: '127.0.0.1', port: ${port}}); s.write('GET 80000'); s.on('data', d => { n += d.length; if (n == 80000) print('all'); })`);
    await printed(board, "all", 15_000);
    assert.ok(Date.now() - start > 400, `took only ${Date.now() - start} ms`);
  });

  it("sends the constant server name of the ESP32, and connects once", async () => {
    const board = await online("");
    board.run(`require('tls').connect({host: '127.0.0.1', port: ${port}}).write('x')`);
    while (names.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(names, ["mbed TLS Server 1"]);
    assert.equal(connections, 1);
  });

  it("counts the native heap, and refuses TLS where there is too little", async () => {
    const board = await online("", { freeHeap: 100_000 });
    const link = `require('tls').connect({host: '127.0.0.1', port: ${port}})`;
    board.run(`var a = ${link}`);
    assert.equal(board.run("ESP32.getState().freeHeap"), 62_600);
    board.freeHeap = 35_444;
    assert.match(thrown(board, link), /mbedtls_ssl_setup: Not enough memory/);
    board.run("a.end()");
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(board.run("ESP32.getState().freeHeap"), 35_444);
  });

  const calls = {
    "write()": "s.write('x')",
    "end()": "s.end()",
    "tls.connect()": "require('tls').connect({host: '127.0.0.1', port: PORT})",
    "send()": "u.send('x', 9, '127.0.0.1')",
    "dgram.createSocket()": "require('dgram').createSocket('udp4')",
  };
  for (const [name, call] of Object.entries(calls)) {
    it(`crashes on ${name} in a 'data' listener of TLS`, async () => {
      const board = await online("var u = require('dgram').createSocket('udp4')");
      board.run(`var s = require('tls').connect({host: '127.0.0.1', port: ${port}}); s.write('GET 5'); s.on('data', d => { ${call.replace("PORT", String(port))} })`);
      assert.match((await board.crashed).message, /inside a 'data' listener while a TLS socket exists/);
      assert.equal(await board.ended, "crash");
      assert.throws(() => board.evaluate("1"), /does not run/);
    });
  }

  it("crashes when the program overwrites the global ssl", async () => {
    const board = await online("");
    board.run(`require('tls').connect({host: '127.0.0.1', port: ${port}}); ssl = 5`);
    assert.match((await board.crashed).message, /global variable ssl/);
  });

  it("does not send datagrams while the Wifi link is down", async () => {
    const peer = dgram.createSocket("udp4");
    const messages: string[] = [];
    peer.on("message", (message) => messages.push(message.toString("latin1")));
    await new Promise<void>((resolve) => peer.bind(0, "127.0.0.1", resolve));
    const send = (socket: string, text: string): string => `${socket}.send('${text}', ${peer.address().port}, '127.0.0.1')`;
    const board = await online("var d = require('dgram'), a = d.createSocket('udp4'), b = d.createSocket('udp4')");
    board.wifi.drop();
    board.run(send("a", "lost"));
    await new Promise((resolve) => setTimeout(resolve, 30));
    board.run("require('Wifi').connect('any', {}, () => print('back'))");
    await printed(board, "back");
    board.run(send("b", "arrives"));
    await new Promise((resolve) => setTimeout(resolve, 60));
    peer.close();
    assert.deepEqual(messages, ["arrives"]);
  });

  it("goes silent, without a 'close', when the Wifi link is lost", async () => {
    const board = await online("var closed = false, n = 0");
    board.run(`var s = require('tls').connect({host: '127.0.0.1', port: ${port}}); s.write('GET 5'); s.on('data', d => { n += d.length; print('got', n); }); s.on('close', () => closed = true)`);
    await printed(board, "got 5");
    board.wifi.drop();
    board.run("s.write('GET 7')");
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(board.run("closed + ',' + n"), "false,5");
  });

  it("cuts its connections when power is lost", async () => {
    const ended = new Promise<void>((resolve) => server.once("secureConnection", (socket) => socket.on("close", () => resolve())));
    const board = await online("");
    board.run(`require('tls').connect({host: '127.0.0.1', port: ${port}}).write('x')`);
    while (connections === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    board.powerCycle();
    await ended;
  });
});
