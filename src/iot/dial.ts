// The socket of a link to AWS IoT, and the client on it. Where TLS lives in the interpreter's variables the handshake needs long runs of
// them: the client is loaded when the link is proven. Nothing else of the link's care is in memory while it lives.
import type { Bytes } from "../bytes/bytes";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { borrow } from "../flow/withModule";
import type * as mqtt from "../mqtt/client";
import type { MqttOptions, TellKeeper } from "../mqtt/link";
import type { Platform } from "../platform/ports";
import { answer, enter } from "./phase";
import type * as iqueue from "./queue";
import { queuedSome } from "./queued";
import type { IotState } from "./state";

/** What a command leaves behind that waits for the broker: prints `line`, and the granted QoS if there is one, and tells `value`. */
export function announcing(platform: Platform, line: string, value: { qos: number; [name: string]: unknown }, done: Done<any>): Done<any> {
  return function (failed, granted) {
    if (granted !== undefined) value.qos = granted;
    if (!failed) platform.console.print(line + (granted === undefined ? "" : granted));
    done(failed, value);
  };
}

/** The broker took the connection. */
export function up(platform: Platform, state: IotState, sessionPresent: boolean): void {
  // It may be lost again by now.
  if (!state.link || !state.link.isUp) return;
  const took = platform.clock.ticks() - state.since;
  enter(platform, state, "up");
  state.connects++;
  state.sessionPresent = sessionPresent;
  if (state.handedAt) state.returned = state.since - state.handedAt;
  state.handedAt = 0;
  state.failing = false;
  // From a timer: the stack is small.
  if (state.jobs) platform.timers.after(1, state.jobs.up);
  answer(platform, state, undefined, { clientId: state.session.clientId, sessionPresent: sessionPresent, seconds: took / 1000 });
  // Only then is it loaded: most of the time nothing waits.
  if (queuedSome(platform.flash)) borrow<typeof iqueue, void>(platform, "iqueue", (module) => module.sendNext(platform, state));
}

/** Opens the socket with `hello` (CONNECT); this module is held until it is open. */
export function dial(platform: Platform, state: IotState, options: MqttOptions, hello: Bytes, tell: TellKeeper): void {
  const modules = platform.modules;

  function over(failed: Failure | undefined): void {
    modules.release("idial");
    tell("linkDown", failed);
  }

  function nothing(): void {}

  const socket = platform.tls.connect(
    { host: options.host, port: options.port, deviceCertificate: true, handshakeSeconds: options.handshakeSeconds, silenceSeconds: 0, stride: 0, hello: hello },
    {
      open: function () {
        const loaded = modules.load<typeof mqtt>("mqtt");
        // disconnect() may have come during the handshake.
        if (!loaded.module || state.closers) {
          if (loaded.module) modules.release("mqtt");
          return socket.end();
        }
        const link = new loaded.module.MqttLink(platform, state.session, options, tell);
        state.link = link;
        link.wire = socket;
        link.turn("mqttlook", "opened");
        modules.release("idial");
        return link;
      },
      data: nothing,
      drain: nothing,
      end: () => over(state.closers ? undefined : failure("memory", "The MQTT client does not fit beside the TLS link", "Use a module with PSRAM or a build with a larger reserve.")),
      failed: over,
    },
  );
}
