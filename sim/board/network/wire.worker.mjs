// Holds the real TCP sockets of all boards in a thread of their own, so that connect() and name look-ups can block the
// board as they do on the real one, even when the server runs in the same process.
import { lookup } from "node:dns";
import { connect } from "node:net";
import { parentPort } from "node:worker_threads";

const sockets = new Map();
/** Bytes that may be on their way to the board unread: beyond that the peer feels backpressure. */
const window = 262144;

function answer(signal, status) {
  const flag = new Int32Array(signal);
  Atomics.store(flag, 0, status);
  Atomics.notify(flag, 0);
}

const actions = {
  lookup({ host, signal }) {
    lookup(host, { family: 4 }, (error, address) => {
      if (!error) new Uint8Array(signal, 4, 4).set(address.split(".").map(Number));
      answer(signal, error ? 2 : 1);
    });
  },
  connect({ id, host, port, signal }) {
    const socket = connect({ host, port, family: 4, noDelay: true, allowHalfOpen: true });
    const entry = { socket, unread: 0 };
    let opened = false;
    socket.on("connect", () => {
      opened = true;
      sockets.set(id, entry);
      answer(signal, 1);
    });
    socket.on("data", (data) => {
      entry.unread += data.length;
      if (entry.unread > window) socket.pause();
      const bytes = new Uint8Array(data);
      parentPort.postMessage({ id, event: "data", bytes }, [bytes.buffer]);
    });
    socket.on("end", () => parentPort.postMessage({ id, event: "end" }));
    socket.on("error", () => {
      if (!opened) answer(signal, 2);
      else parentPort.postMessage({ id, event: "broken" });
    });
    socket.on("close", () => {
      sockets.delete(id);
      parentPort.postMessage({ id, event: "closed" });
    });
  },
  write({ id, bytes }) {
    const length = bytes.length;
    sockets.get(id)?.socket.write(bytes, () => parentPort.postMessage({ id, event: "sent", length }));
  },
  taken({ id, length }) {
    const entry = sockets.get(id);
    if (!entry) return;
    entry.unread -= length;
    if (entry.unread <= window) entry.socket.resume();
  },
  close({ id }) {
    const socket = sockets.get(id)?.socket;
    // what was written still goes out, as the kernel does it after close()
    socket?.removeAllListeners("data");
    socket?.resume();
    socket?.destroySoon();
  },
  reset({ id }) {
    sockets.get(id)?.socket.resetAndDestroy();
  },
};

parentPort.on("message", (message) => actions[message.action](message));
