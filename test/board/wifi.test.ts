// Wifi as scripted by a test.
import assert from "node:assert/strict";
import net from "node:net";
import { boot, cleanUp, printed, thrown } from "./boards";

const connect = "require('Wifi').connect('home', {password: 'right'}, e => print('done', e))";

describe("the Wifi of a virtual board", () => {
  afterEach(cleanUp);

  it("connects, with events and a callback", async () => {
    const board = await boot({ image: "require('Wifi').on('connected', d => print('ip', d.ip))" });
    board.run(connect);
    await printed(board, "done null");
    assert.deepEqual(board.output, ["ip 192.168.1.50", "done null"]);
    assert.equal(board.run("require('Wifi').getStatus().station"), "connected");
  });

  it("says why it could not connect", async () => {
    const board = await boot({ wifi: { networks: { home: "wrong", other: "" } } });
    board.run(connect);
    await printed(board, "done AUTH_FAIL");
    board.run("require('Wifi').connect('nowhere', {}, e => print('nowhere', e))");
    await printed(board, "nowhere NO_AP_FOUND");
  });

  it("connects to nothing while it is not up", async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    const board = await boot();
    assert.match(thrown(board, `require('net').connect({host: 'localhost', port: ${port}})`), /Unable to locate host/);
    assert.match(thrown(board, `require('net').connect({host: '127.0.0.1', port: ${port}})`), /Unable to create socket/);
    server.close();
  });

  it("tells of a lost link and does not come back by itself", async () => {
    const board = await boot({ image: "require('Wifi').on('disconnected', d => print('lost', d.reason))" });
    board.run(connect);
    await printed(board, "done null");
    board.wifi.drop();
    await printed(board, "lost BEACON_TIMEOUT");
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(board.run("require('Wifi').getDetails().status"), "disconnected");
  });

  it("is connected before it has an address, and an older build never calls back", async () => {
    const board = await boot({ image: "require('Wifi').on('associated', () => print('near'));require('Wifi').on('connected', d => print('ip', d.ip))" });
    board.wifi.silent = true;
    board.wifi.addressAfter = 40;
    board.run(connect);
    await printed(board, "near");
    assert.deepEqual([board.run("require('Wifi').getStatus().station"), board.run("require('Wifi').getIP().ip")], ["connected", "0.0.0.0"]);
    await printed(board, "ip 192.168.1.50");
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(board.output, ["near", "ip 192.168.1.50"]);
  });
});
