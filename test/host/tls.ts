// The mock TLS socket: the port Tls, played by tables, on virtual time.
//
//   const host = createHost();
//   host.tls.script(expect("GET / HTTP/1.1\r\n\r\n"), send("HTTP/1.1 200 OK\r\n", 1), wait(500), send("\r\n"), endClean());
//   codeUnderTest(host.platform, ...);
//   host.time.settle();
//   host.verify();            // every row was played, every connection is over, no contract was broken
//
// One script serves one connection, in the order of `connect`; the rows stand in script.ts. A connection that no script
// waits for fails the test. `tls.connections` keeps the options and all bytes of each.
//
// It keeps the contract of SocketEvents to the letter and is never kinder than src/espruino/tls.ts:
// - no event comes before `connect` has returned, or from inside a call of the code under test: all come from timers;
// - `open` comes once, after the hello was taken; after `end` or `failed` nothing comes; after end() only `end`;
// - one piece is under way: a write before `open`, a second write before `drain`, an empty piece or a character beyond 255
//   fails the test, at once and again in verify(); writes after the end are ignored;
// - what was written but is not on its way when end() is called never arrives;
// - the hello is let go: `options.hello` is "" once it was taken;
// - handshakeSeconds and silenceSeconds end the connection with `timeout`, as the firmware relies on.
// `answerFirst` turns the order of a drain and of what the peer says to the same piece round: both happen.
import assert from "node:assert/strict";
import type { Socket, SocketEvents, Tls, TlsOptions } from "../../src/platform/ports";
import { Connection } from "./connection";
import type { Row } from "./script";
import type { VirtualTime } from "./time";

export class MockTls implements Tls {
  readonly connections: Connection[] = [];
  /** What the peer says to a piece comes before the drain of that piece. */
  answerFirst = false;
  private readonly scripts: Row[][] = [];
  private readonly faults: string[] = [];

  constructor(private readonly time: VirtualTime) {}

  /** Rows for the next connection that no script waits for yet. */
  script(...rows: Row[]): void {
    this.scripts.push(rows);
  }

  connect(options: TlsOptions, events: SocketEvents): Socket {
    const rows = this.scripts[this.connections.length];
    if (!rows) this.fail(`connection ${this.connections.length + 1} to ${options.host}:${options.port} was not expected`);
    if (options.hello === "") this.fail("the hello is empty");
    const connection = new Connection(this.time, options, events, rows!, this.answerFirst, (what) => this.fail(what));
    this.connections.push(connection);
    return connection.socket;
  }

  /** Fails unless every script was played to its end and every connection is over. */
  verify(): void {
    assert.deepEqual(this.faults, [], "broken contracts of the socket");
    assert.equal(this.connections.length, this.scripts.length, "connections that were opened");
    this.connections.forEach((connection, index) => {
      const remains = connection.remains();
      assert.ok(!remains, `connection ${index + 1}: ${remains}`);
    });
  }

  private fail(what: string): never {
    this.faults.push(what);
    throw new assert.AssertionError({ message: what });
  }
}
