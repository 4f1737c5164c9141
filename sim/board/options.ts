// What a virtual board can be told at boot.
import type { CardOptions } from "./files/card";
import type { Flash } from "./storage";

/**
 * esp32: Wifi, ESP32, E.connectSDCard, a clock that starts at 1970 and can be set.
 * linux: what the Linux build of Espruino has; files are in the card's directory, the network is simply up.
 */
export type Profile = "esp32" | "linux";

/**
 * What this interpreter does with the server's certificate. none: nothing, as every stock build. root: a build of one's own with
 * MBEDTLS_SSL_VERIFY_REQUIRED: the chain must end in the root it is given. name: also the certificate must be for the host name.
 */
export type Verification = "none" | "root" | "name";

export interface WifiOptions {
  /** Names and passwords that work. Without it every name does. */
  readonly networks?: Readonly<Record<string, string>>;
  /** How long a connection takes, in milliseconds. Default 5. */
  readonly delay?: number;
  readonly ip?: string;
}

export interface BoardOptions {
  /** Program text. On an ESP32 it is flashed as .bootcde at the first boot, on Linux it is run as `espruino file.js` runs it. */
  readonly image?: string;
  /** Default "esp32". */
  readonly profile?: Profile;
  /** Flash that outlives the board: give the same one to its next boot. Or a directory that holds it. */
  readonly storage?: Flash | string;
  /** The SD card. On Linux: the working directory. */
  readonly card?: CardOptions;
  readonly wifi?: WifiOptions;
  /** Native heap in bytes, as ESP32.getState().freeHeap tells it before any TLS link. Default 2,700,000 (a module with PSRAM). */
  readonly freeHeap?: number;
  /** Default "none". */
  readonly verification?: Verification;
  /** The clock at power on, in milliseconds since 1970. Default 0. Linux has the clock of this machine. */
  readonly clock?: number;
  /** Called for every complete line the board prints. */
  readonly onLine?: (line: string) => void;
  /** Called for every piece of output as it comes, REPL prompt and results among them. */
  readonly onOutput?: (text: string) => void;
  /** Ends the board when no timer, event or socket is left, as `espruino file.js` ends. Default false. */
  readonly endWhenIdle?: boolean;
}
