// The ways to a board: what an address means, how each fails, and questions over each, also where characters are lost.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { openBrackets } from "../../sim/board/typing";
import { type BoardPort, defaultAddress, openPort, portKind } from "../../tools/port/port";
import { openRepl, Repl } from "../../tools/port/repl";
import { listSerial, looksLikeBoard, openSerial, openingTrouble, serialLibrary, type SerialLibrary } from "../../tools/port/serial";
import { tcpAddress } from "../../tools/port/tcp";
import { openVirtual, type VirtualPort } from "../../tools/port/virtual";
import { isTrouble } from "../../tools/trouble";
import { bridge } from "./bridge";

/** The promise must fail with a Trouble whose message and hint match. */
async function fails(promise: Promise<unknown>, message: RegExp, hint = /./, exitCode = 1): Promise<void> {
  const trouble = await promise.then(() => assert.fail("it did not fail"), (error) => error);
  assert.ok(isTrouble(trouble), trouble.stack);
  assert.match(trouble.message, message);
  assert.match(trouble.hint, hint);
  assert.equal(trouble.exitCode, exitCode);
}

describe("addresses of boards", () => {
  it("are told apart", () => {
    for (const [address, kind] of [["/dev/ttyUSB0", "serial"], ["COM3", "serial"], ["tcp://a:1", "tcp"], ["TCP://a", "tcp"], ["virtual", "virtual"], ["virtual:./desk", "virtual"], ["./virtual", "serial"]]) {
      assert.equal(portKind(address!), kind);
    }
    for (const address of ["", " ", "http://a", "udp://a:1"]) assert.throws(() => portKind(address), /is no port/);
  });
  it("tcp: host and port, 23 without", () => {
    assert.deepEqual(tcpAddress("tcp://10.0.0.2:2323"), { host: "10.0.0.2", port: 2323 });
    assert.deepEqual(tcpAddress("tcp://board.local"), { host: "board.local", port: 23 });
    assert.deepEqual(tcpAddress("tcp://[::1]:99/"), { host: "::1", port: 99 });
    for (const address of ["tcp:", "tcp://", "tcp://:23", "tcp://a:0", "tcp://a:65536", "tcp://a:x", "tcp://a:1:2", "tcp://a b"]) assert.throws(() => tcpAddress(address), /no address of a console/, address);
  });
  const usb = (path: string, vendorId?: string) => ({ path, vendorId, manufacturer: "Maker" });
  it("by default the environment's, else the only serial port that looks like a board's", async () => {
    assert.equal(await defaultAddress({ ESPRUINO_AWS_PORT: "tcp://a:1" }), "tcp://a:1");
    assert.equal(await defaultAddress({}, async () => [usb("/dev/ttyS0"), usb("/dev/ttyUSB0", "10C4")]), "/dev/ttyUSB0");
    await fails(defaultAddress({}, async () => [usb("/dev/ttyUSB0", "10c4"), usb("/dev/ttyUSB1", "1a86")]), /2 serial ports look like/, /ttyUSB0 \(Maker\), \/dev\/ttyUSB1/, 2);
    await fails(defaultAddress({}, async () => [usb("/dev/ttyS0")]), /No serial port looks like/, /-p or ESPRUINO_AWS_PORT: there are \/dev\/ttyS0/, 2);
    await fails(defaultAddress({}, async () => []), /No serial port/, /no serial port\. Is the cable/, 2);
    assert.equal(looksLikeBoard(usb("x", "beef")), false);
  });
});

describe("a serial port", () => {
  it("is found without udevadm, which the package cannot do without", async function () {
    if (process.platform !== "linux") this.skip();
    const path = process.env["PATH"];
    process.env["PATH"] = "/nowhere";
    try {
      const library = { SerialPort: { list: () => assert.fail("the package was asked") } } as unknown as SerialLibrary;
      for (const { path: name } of await listSerial(library)) assert.match(name, /^\/dev\/tty(USB|ACM)\d+$/);
    } finally {
      process.env["PATH"] = path;
    }
  });
  it("that cannot be opened says why and what there is", async () => {
    const ports = [{ path: "/dev/ttyUSB0", manufacturer: "Silicon Labs" }];
    for (const [error, hint] of [["Error: No such file or directory, cannot open /dev/x", /There are \/dev\/ttyUSB0 \(Silicon Labs\)/], ["Error: Permission denied, cannot open", /dialout/], ["Error Resource temporarily unavailable Cannot lock port", /Another program/]] as const) {
      const trouble = openingTrouble("/dev/x", new Error(error), ports);
      assert.match(trouble.hint, hint);
      assert.match(trouble.message, /^\/dev\/x cannot be opened: /);
    }
    assert.match(openingTrouble("/dev/x", new Error("No such file"), []).hint, /no serial port at all/);
    await fails(openSerial("/dev/there-is-none", 115200), /there-is-none cannot be opened: .*No such file/);
  });
  it("says so where the package is missing", async () => {
    await fails(serialLibrary("serialport-is-missing"), /Serial ports cannot be used/, /npm install serialport/);
  });
  it("carries bytes both ways, and ends when it is unplugged", async () => {
    const listeners: Record<string, (value?: any) => void> = {}, written: string[] = [], used: Record<string, unknown>[] = [];
    class Port {
      isOpen = true;
      constructor(options: Record<string, unknown>, opened: (failed: Error | null) => void) {
        used.push(options);
        setImmediate(opened, null);
      }
      write(data: Buffer) { written.push(data.toString("latin1")); return true; }
      drain(done: (failed: null) => void) { done(null); }
      close(done: (failed: null) => void) { this.isOpen = false; done(null); listeners["close"]!(); }
      on(event: string, listener: (value?: any) => void) { listeners[event] = listener; }
      static list() { return Promise.resolve([]); }
    }
    const port = await openSerial("COM3", 9600, { SerialPort: Port } as unknown as SerialLibrary);
    const got: string[] = [];
    port.onData((bytes) => void got.push(bytes));
    port.onEnd((why) => void got.push("END " + why));
    listeners["data"]!(Buffer.from([0xff, 0x00, 0x41]));
    port.write("\xfeb\n");
    listeners["close"]!(new Error("device gone"));
    await port.close();
    assert.deepEqual([got, written], [["\xff\0A", "END device gone"], ["\xfeb\n"]]);
    assert.deepEqual([used[0]!["baudRate"], used[0]!["xon"], used[0]!["hupcl"]], [9600, true, false]);
  });
});

describe("tcp", function () {
  this.timeout(10000);
  it("that is refused, or ends, says so", async () => {
    const server = createServer((socket) => void setTimeout(() => socket.destroy(), 50));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
    const port = await openPort(address);
    await fails(openRepl(port), /the connection ended/, /plugged in/);
    await port.close();
    await new Promise((done) => server.close(done));
    await fails(openPort(address), /cannot be reached/, /Nobody listens/);
  });
  it("with nobody behind it: no answer", async () => {
    const server = createServer((socket) => void socket.resume().write("SSH-2.0-x\r\n"));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const port = await openPort(`tcp://127.0.0.1:${(server.address() as { port: number }).port}`);
    await fails(new Repl(port).greet(300), /no answer/, /Does the board run Espruino/);
    await port.close();
    await new Promise((done) => server.close(done));
  });
});

describe("a typed line runs when its brackets are closed", () => {
  for (const [line, open] of [["1+1", 0], ["f(", 1], ["{[(", 3], ["f()", 0], ["'('", 0], ['"\\"("', 0], ['("', 0], ["`(", 1000], ["/* (", 1000], ["(// )", 1], ["(// )\n)", 0], [")", -1], [")(", -1]] as const) {
    it(JSON.stringify(line), () => assert.equal(openBrackets(line), open));
  }
});

for (const way of ["virtual", "tcp"]) {
  describe(`questions to a board, ${way}`, function () {
    this.timeout(20000);
    let board: VirtualPort, port: BoardPort, repl: Repl, close: () => Promise<void>;
    const lines: string[] = [];
    before(async () => {
      board = await openVirtual("virtual");
      const through = way === "tcp" ? await bridge(board) : undefined;
      port = through ? await openPort(through.address) : board;
      repl = await openRepl(port, { onLine: (line) => void lines.push(line) });
      close = async () => {
        repl.stop();
        if (through) {
          await port.close();
          await through.close();
        }
        await board.close();
      };
    });
    after(() => close());
    beforeEach(() => void lines.splice(0));

    const values: [expression: string, value: unknown][] = [
      ["1+1", 2], ["undefined", undefined], ["null", null], ["''", ""], ["'\\0\\xff\\x7f\\n\"'", "\0\xff\x7f\n\""], ["'ü'", "\xc3\xbc"], ["({a:[1,{b:null}]})", { a: [1, { b: null }] }], ["1;2", 2], ["// nothing\n3", 3],
      [`"${"x".repeat(5000)}".length`, 5000], [`"${"\\x80\\\"ü".repeat(700)}".length`, 2800],
      ["new Promise(function(r){setTimeout(r,20,[7])})", [7]],
    ];
    for (const [expression, value] of values) {
      it(`the value of ${expression.slice(0, 40)}`, async () => assert.deepEqual(await repl.evaluate(expression), value));
    }
    it("what it throws, also what is no JavaScript, is told apart from the device's failures", async () => {
      await fails(repl.evaluate("missing"), /^The board threw ReferenceError/, /^$/, 3);
      await fails(repl.evaluate("((("), /^The board threw SyntaxError/, /^$/, 3);
      await fails(repl.evaluate("Promise.reject(5)"), /^The board threw 5$/, /^$/, 3);
      await fails(repl.evaluate("device.head()"), /^A key is missing$/, /device\.head/, 3);
      assert.equal(await repl.evaluate("device.head().then(0,function(e){return e.code})"), "argument");
    });
    it("what it prints meanwhile is passed on, in lines", async () => {
      assert.equal(await repl.evaluate("(print('one\\n>two'),setTimeout(function(){print('three')},5),new Promise(function(r){setTimeout(r,40,1)}))"), 1);
      assert.deepEqual(lines, ["one", ">two", "three"]);
    });
    it("several at a time, each gets its own answer", async () => {
      const later = repl.evaluate("new Promise(function(r){setTimeout(r,60,'late')})");
      assert.deepEqual([await repl.evaluate("'soon'"), await later], ["soon", "late"]);
    });
    it("what is half typed is cleared, and nothing of the question is left over", async () => {
      port.write("var x=(1,");
      assert.equal(await repl.evaluate("2"), 2);
      await repl.evaluate(`"${"y".repeat(3000)}"`);
      assert.equal(await repl.evaluate("typeof global.__a"), "undefined");
    });
    it("no answer in time: whether it has begun is said; a late answer disturbs nobody", async () => {
      await fails(repl.evaluate("new Promise(function(r){setTimeout(r,80)})", 30), /No end after 0 s: the board has begun/, /status/, 3);
      assert.equal(await repl.evaluate("new Promise(function(r){setTimeout(r,120,3)})"), 3);
      assert.deepEqual(lines, []);
    });
  });
}

describe("a cable that loses characters", function () {
  this.timeout(20000);
  let board: VirtualPort;
  before(async () => { board = await openVirtual("virtual"); });
  after(() => board.close());

  /** The board behind a cable that changes what is written, once for each index. */
  function lossy(spoil: (bytes: string, write: number) => string, spoilAnswer = (bytes: string) => bytes): Repl {
    let writes = 0;
    return new Repl({ ...board, write: (bytes) => board.write(spoil(bytes, writes++)), onData: (listener) => board.onData((bytes) => listener(spoilAnswer(bytes))) }, { pieceMs: 200 });
  }
  it("an expression that came changed is not run but said again", async () => {
    const repl = lossy((bytes, write) => (write === 0 ? bytes.replace("n+=5", "n-=5") : bytes));
    assert.equal(await repl.evaluate("global.n=(global.n||10),global.n+=5"), 15);
    repl.stop();
  });
  it("a piece of a long one that is changed or gone is said again", async () => {
    const text = `"${"0123456789".repeat(300)}"`;
    for (const spoil of [(bytes: string) => bytes.replace("345", "xyz"), () => "", (bytes: string) => bytes.replace('"', "")]) {
      const repl = lossy((bytes, write) => (write === 1 ? spoil(bytes) : bytes));
      assert.equal((await repl.evaluate<string>(text)).length, 3000);
      repl.stop();
    }
  });
  it("what is lost every time is said, never taken for an answer", async () => {
    const repl = lossy((bytes) => bytes.replace("8080", "8081"));
    await fails(repl.evaluate("8080"), /Characters were lost/, /-b/);
    repl.stop();
    const deaf = lossy((bytes) => bytes, (bytes) => bytes.replace("8080", "8081"));
    await fails(deaf.evaluate("8080"), /Characters were lost/, /-b/);
    deaf.stop();
  });
});
