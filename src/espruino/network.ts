// The network link. On Linux there is no Wifi module: the network is simply up. Traps: connect() may
// never call back on older builds, so it is looked at, and has a deadline; a lost link does not come back by itself (src/device/boot).
import { failure } from "../flow/failure";
import type { Network } from "../platform/ports";
import { hasModule } from "./board";
import { clock, timers } from "./clock";

/** Milliseconds for association and address together; between two looks whether they are there. */
const PATIENCE = 30000, LOOK = 1000;

export const wifi = hasModule("Wifi") ? require("Wifi") : undefined;

/** Until then, in ticks, a connection is being made, and is not begun anew for another who waits. */
let trying = 0;

/** Trap: "connected" is said before there is an address. */
function isUp(): boolean {
  return !wifi || (wifi.getStatus().station == "connected" && wifi.getIP().ip != "0.0.0.0");
}

export const network: Network = {
  up: function (settings, done) {
    // Without settings the network may still be up by other means; if it is not, connecting says so.
    if (!settings || isUp()) return done();
    const now = clock.ticks();
    const end = now + PATIENCE;
    let over = false;
    let timer: number;
    function finish(reason: string): void {
      if (over) return;
      over = true;
      trying = 0;
      timers.cancel(timer);
      if (reason && !isUp()) done(failure("wifi", 'WiFi "' + settings!.ssid + '": ' + reason, "Check wifi.ssid and wifi.password; an ESP32 hears 2.4 GHz only."));
      else done();
    }
    function look(): void {
      if (isUp()) finish("");
      else if (clock.ticks() > end) finish("no connection within " + PATIENCE / 1000 + " s");
      else timer = timers.after(LOOK, look);
    }
    timer = timers.after(LOOK, look);
    if (trying > now) return;
    trying = end;
    wifi!.connect(settings.ssid, settings.password ? { password: settings.password } : {}, function (error) {
      finish(error ? "" + error : "");
    });
  },
  address: function (host, told) {
    if (wifi) wifi.getHostByName(host, (found) => told(found || ""));
    else told("");
  },
  state: function () {
    if (!wifi) return "host network";
    return isUp() ? "connected " + wifi.getIP().ip : "off";
  },
};
