// The network chunk: how much one pass of the loop sends or receives on a socket, and where the interpreter keeps it.
import type { Profile } from "../options";
import type { Realm } from "../realm";

const smallest = 536;
const types: Record<Profile, number> = { linux: 0, esp32: 5 };

/**
 * The size lies in the hidden string `global["\xff"].net`, as a structure with the receive buffer size in its last four
 * bytes. A program may keep a copy of that string and put it back later: that restores the old chunk.
 */
export class NetworkChunk {
  private known = "";
  private size = 0;

  constructor(private readonly hiddenRoot: Record<string, unknown>, private readonly profile: Profile) {
    // the Linux build makes its network when it is first needed, the ESP32 at boot
    if (profile === "esp32") this.write(0);
  }

  /** SO_RCVBUF of new sockets: 0, or what createSocket({recvBufferSize}) asked for. */
  get receiveBuffer(): number {
    const stored = this.hiddenRoot["net"];
    if (typeof stored !== "string") {
      this.write(0);
      return 0;
    }
    if (stored !== this.known) {
      this.known = stored;
      this.size = Buffer.from(stored.padEnd(12, "\0").slice(-4), "latin1").readInt32LE();
    }
    return this.size;
  }

  /** Bytes per pass and socket. */
  get length(): number {
    return Math.max(smallest, this.receiveBuffer);
  }

  /** Trap: this only ever grows, and counts for every socket of the board. */
  raise(size: number): void {
    if (size > this.receiveBuffer) this.write(size);
  }

  private write(size: number): void {
    const structure = Buffer.alloc(12);
    structure[0] = types[this.profile];
    structure.fill(255, 5, 8);
    structure.writeInt32LE(size, 8);
    this.hiddenRoot["net"] = structure.toString("latin1");
  }
}

/** Gives the program its hidden root: `global["\xff"]`. */
export function hiddenRoot(realm: Realm): Record<string, unknown> {
  const root = realm.object();
  Object.defineProperty(realm.global, "\xff", { value: root, writable: true, configurable: true, enumerable: false });
  return root;
}
