// The clock, set by the time servers of the settings.
import type { Done } from "../flow/failure";
import type { Platform } from "../platform/ports";
import type { TimeResult, TimeServer } from "../sntp/client";
import { syncTime } from "../sntp/client";

/** The time servers of the settings, or AWS's and the public pool. */
export function timeServers(settings: { [name: string]: any }): TimeServer[] {
  const time = settings["time"];
  const servers: any[] = time ? time.servers : ["time.aws.com", "pool.ntp.org"];
  return servers.map(function (server) {
    return typeof server == "string" ? { host: server, port: 123 } : { host: server.host, port: server.port || 123 };
  });
}

/** Sets the clock; the network is up. Failure: time. */
export function setClock(platform: Platform, settings: { [name: string]: any }, done: Done<TimeResult>): void {
  syncTime(platform, timeServers(settings), done);
}
