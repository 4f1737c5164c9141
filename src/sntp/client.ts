// The SNTP client: several servers, one socket an attempt, retry and fail over (RFC 4330 section 10).
import { failure } from "../flow/failure";
import type { Done } from "../flow/failure";
import type { Platform } from "../platform/ports";
import { sntpRequest } from "./packet";
import { judge } from "./rules";

export interface TimeServer {
  host: string;
  port: number;
}

export interface TimeResult {
  server: string;
  /** Milliseconds that the clock was moved by. */
  offset: number;
  /** Milliseconds to the server and back. */
  delay: number;
  stratum: number;
}

/** Rounds through the list of servers, and milliseconds to wait for one answer. */
const ROUNDS = 3, PATIENCE = 2500;

/**
 * Asks the servers in turn until one gives an acceptable time, and sets the clock by it. A server that answers with a kiss
 * of death or with a useless clock is not asked again in this call. Failure: time, with what each server did.
 */
export function syncTime(platform: Platform, servers: TimeServer[], done: Done<TimeResult>): void {
  const clock = platform.clock;
  const dropped: { [server: string]: string } = {};
  let attempt = 0;

  function name(server: TimeServer): string {
    return server.port == 123 ? server.host : server.host + ":" + server.port;
  }

  function giveUp(): void {
    const reasons = servers.map((server) => name(server) + ": " + (dropped[name(server)] || "no answer"));
    done(failure(
      "time", "No time server gave a usable time (" + reasons.join("; ") + ")",
      "Is the network up and UDP port 123 open? Try device.configure({time:{servers:[\"time.aws.com\",\"pool.ntp.org\"]}})",
    ));
  }

  function next(): void {
    let server: TimeServer | undefined;
    while (!server) {
      if (attempt >= ROUNDS * servers.length) return giveUp();
      const candidate = servers[attempt++ % servers.length]!;
      if (!dropped[name(candidate)]) server = candidate;
    }
    ask(server);
  }

  function ask(server: TimeServer): void {
    const nonce = platform.random.bytes(8);
    const sent = clock.ticks();
    const before = clock.now();
    let over = false;

    function finish(reason: string | undefined): void {
      over = true;
      platform.timers.cancel(timer);
      socket.close();
      if (reason) dropped[name(server)] = reason;
    }

    // Answers come as queued events, so socket and timer are there when the first one does.
    const socket = platform.udp.send(server.host, server.port, sntpRequest(nonce), function (reply) {
      if (over || reply.port != server.port) return;
      const verdict = judge(reply.data, nonce, before, before + clock.ticks() - sent);
      if (verdict.action == "ignore") return;
      if (verdict.action == "drop") {
        finish(verdict.reason);
        return next();
      }
      finish(undefined);
      clock.set(before + clock.ticks() - sent + verdict.offset);
      done(undefined, { server: name(server), offset: Math.round(verdict.offset), delay: Math.round(verdict.delay), stratum: verdict.stratum });
    });
    const timer = platform.timers.after(PATIENCE, function () {
      finish(undefined);
      // A little longer each time, and not in step with other boards that lost power together (RFC 4330 section 10).
      platform.timers.after((attempt < servers.length ? 50 : 1000) * platform.random.fraction() + 1, next);
    });
  }

  next();
}
