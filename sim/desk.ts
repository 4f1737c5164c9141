// A desk: the local cloud, a virtual board with its card, and the settings that join them. For npm start, scenarios and the bench.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootBoard } from "./board/index";
import type { Board, BoardOptions } from "./board/index";
import { startCloud } from "./cloud/index";
import type { Cloud, CloudDescription, CloudOptions } from "./cloud/index";

/** The built image, readable or as it is flashed. */
export const IMAGE = new URL("../dist/firmware.min.js", import.meta.url);

/** Every part of the built image as it is flashed, by its name in Storage: the boot code and the modules. */
export function imageRecords(): Record<string, Buffer> {
  const dist = new URL("../dist/", import.meta.url);
  const entries = JSON.parse(readFileSync(new URL("image.json", dist), "utf8")) as { name: string; file: string }[];
  return Object.fromEntries(entries.map(({ name, file }) => [name, readFileSync(new URL(file, dist))]));
}

/** Settings that send a board to a local cloud (design: settings.json), with any part replaced. */
export function deviceSettings(cloud: CloudDescription, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    time: { servers: [{ host: cloud.ntp.host, port: cloud.ntp.port }] },
    s3: {
      bucket: cloud.s3.bucket,
      region: cloud.s3.region,
      endpoint: { host: cloud.s3.host, port: cloud.s3.port, style: "path" },
    },
    credentials: { source: "static", ...cloud.credentials },
    iot: { endpoint: cloud.iot.host, port: cloud.iot.port, restPort: cloud.iot.restPort, thingName: cloud.iot.thingName },
    ...changes,
  };
}

/** What a board for a local cloud has in Storage beside the image: its settings, with any part replaced, the cloud's root, and the device's certificate and key. */
export function deviceRecords(cloud: CloudDescription, changes: Record<string, unknown> = {}): Record<string, Buffer> {
  const { ca, device } = cloud.certificates;
  return {
    "settings.json": Buffer.from(JSON.stringify(deviceSettings(cloud, changes))),
    "ca.der": readFileSync(ca.der),
    "cert.der": readFileSync(device.certificate.der),
    "key.der": readFileSync(device.key.der),
  };
}

/** Settings for a board whose certificate is its only key. */
export function iotCredentials({ credentialsProvider: { host, port, roleAlias, thingName } }: CloudDescription): Record<string, unknown> {
  return { credentials: { source: "iot", endpoint: { host, port }, roleAlias, thingName } };
}

/** The wiring and the WiFi that a board on the desk has beside the cloud. */
export const BOARD_SETTINGS = {
  wifi: { ssid: "desk", password: "desk-password" },
  card: { cs: "D5", sck: "D18", miso: "D19", mosi: "D23" },
  // Who sits at the desk types the commands.
  boot: { auto: false },
};

export interface DeskOptions {
  cloud?: CloudOptions;
  board?: Partial<BoardOptions>;
  /** Bytes that fit on the card. */
  cardSize?: number;
  /** Replaces or takes away parts of the settings. */
  settings?: Record<string, unknown>;
  /** The board has no keys but its certificate, and gets credentials from AWS IoT. */
  iot?: boolean;
}

export interface Desk {
  cloud: Cloud;
  board: Board;
  /** The card's directory on this machine. */
  card: string;
  /** Runs an expression on the board and gives its value; a promise's value is awaited, its rejection thrown. */
  command<T = any>(expression: string): Promise<T>;
  close(): Promise<void>;
}

/** Awaits a promise of the board's own world. Fails if the board crashes first. */
function settled(board: Board, value: any): Promise<any> {
  if (!value || typeof value.then !== "function") return Promise.resolve(value);
  return new Promise((resolve, reject) => {
    value.then(resolve, reject);
    void board.crashed.then(reject);
  });
}

/** Starts a cloud and boots a board wired to it, with the built image. */
export async function setUpDesk(options: DeskOptions = {}): Promise<Desk> {
  const cloud = await startCloud(options.cloud);
  const card = mkdtempSync(join(tmpdir(), "card-"));
  const described = cloud.describe();
  const records = { ...deviceRecords(described, { ...BOARD_SETTINGS, ...(options.iot ? iotCredentials(described) : {}), ...options.settings }), ...imageRecords() };
  const storage = new Map(Object.entries(records).map(([name, bytes]): [string, string] => [name, bytes.toString("latin1")]));
  const board = await bootBoard({
    storage,
    card: options.cardSize === undefined ? { directory: card } : { directory: card, size: options.cardSize },
    wifi: { networks: { desk: "desk-password" } },
    ...options.board,
  });
  return {
    cloud,
    board,
    card,
    command: (expression) => settled(board, board.run(expression)),
    close: async () => {
      board.stop();
      await cloud.close();
      rmSync(card, { recursive: true, force: true });
    },
  };
}
