// The network link. On Linux there is no Wifi module: the network is simply up. Trap: connect() may never call back on older builds, so it has a deadline.
import { failure } from "../flow/failure";
import type { Network } from "../platform/ports";
import { hasModule } from "./board";
import { timers } from "./clock";

/** Milliseconds for association and address together. */
const PATIENCE = 30000;

const wifi = hasModule("Wifi") ? require("Wifi") : undefined;

function isUp(): boolean {
  return !wifi || wifi.getStatus().station == "connected";
}

export const network: Network = {
  up: function (settings, done) {
    // Without settings the network may still be up by other means; if it is not, connecting says so.
    if (!settings || isUp()) return done();
    let over = false;
    function finish(reason: string | undefined): void {
      if (over) return;
      over = true;
      timers.cancel(timer);
      if (reason === undefined) done();
      else done(failure("wifi", 'WiFi "' + settings!.ssid + '": ' + reason, "Check wifi.ssid and wifi.password; an ESP32 hears 2.4 GHz only."));
    }
    const timer = timers.after(PATIENCE, function () {
      finish("no connection within " + PATIENCE / 1000 + " s");
    });
    wifi!.connect(settings.ssid, settings.password ? { password: settings.password } : {}, function (error) {
      finish(error ? "" + error : undefined);
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
