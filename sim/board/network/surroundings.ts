// What the sockets of a board see of it while they are polled: its events, its listeners, its error flags.
import { listeners } from "../language/events";
import type { Loop } from "../loop";
import type { Realm } from "../realm";
import type { Surroundings } from "./connection";
import { decodeDatagram, headerLength } from "./udp";

/**
 * @param inListener told true before 'data' listeners run and false after them
 * @param flag       raises an error flag of the interpreter
 */
export function buildSurroundings(realm: Realm, loop: Loop, chunk: number, inListener: (inside: boolean) => void, flag: (name: string) => void): Surroundings {
  function queue(socket: object, event: string, args: readonly unknown[]): void {
    // an event without a listener at this moment is lost: the first 'drain' never reaches one that 'connect' adds
    const list = listeners(socket, event);
    if (list) loop.queue(list, socket, args);
  }

  return {
    chunk,
    queue,
    flag,
    data(socket, bytes) {
      const list = listeners(socket, "data");
      if (!list) return false;
      inListener(true);
      loop.execute(list, socket, [bytes]);
      inListener(false);
      return true;
    },
    datagrams(socket, bytes) {
      const datagram = decodeDatagram(bytes);
      if (!datagram) return bytes;
      const { address, port } = datagram;
      queue(socket, "message", [datagram.bytes, realm.object({ address, port, size: datagram.bytes.length })]);
      return bytes.slice(headerLength + datagram.bytes.length);
    },
    errorObject: (code, message) => realm.object({ code, message }),
  };
}
