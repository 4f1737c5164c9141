// The socket of a link to AWS IoT, and the client on it. Where TLS lives in the interpreter's variables the handshake needs long runs of
// them: the client is loaded when the link is proven. Nothing else of the link's care is in memory while it lives.
import type { Bytes } from "../bytes/bytes";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import { borrow } from "../flow/withModule";
import type * as mqtt from "../mqtt/client";
import type { MqttOptions } from "../mqtt/link";
import type { Loss } from "../mqtt/reasons";
import type { Platform } from "../platform/ports";
import { answer, enter } from "./phase";
import type * as iqueue from "./queue";
import type * as iquick from "./quick";
import { queuedSome } from "./queued";
import type { IotState } from "./state";

/** Variables of a board with external memory: what is published often then stays loaded beside the link. */
const LARGE = 8000;

/** Has the module iot told why the link is down. */
export type Tell = (what: "linkDown", about: unknown) => void;

/** What a command leaves behind that waits for the broker: prints `line`, and the granted QoS if there is one, and tells `value`. */
export function announcing(platform: Platform, line: string, value: { qos: number; [name: string]: unknown }, done: Done<any>): Done<any> {
  return function (failed, granted) {
    if (granted !== undefined) value.qos = granted;
    if (!failed) platform.console.print(line + (granted === undefined ? "" : granted));
    done(failed, value);
  };
}

/** The broker took the connection. */
function up(platform: Platform, state: IotState, sessionPresent: boolean): void {
  const took = platform.clock.ticks() - state.since;
  enter(platform, state, "up");
  state.connects++;
  if (state.handedAt) state.returned = state.since - state.handedAt;
  state.handedAt = 0;
  state.failing = false;
  if (platform.memory.variables().total > LARGE) {
    const quick = platform.modules.load<typeof iquick>("iquick").module;
    if (quick) state.quick = quick.quickPublish(platform, state);
  }
  // From a timer: the stack is small.
  if (state.jobs) platform.timers.after(1, state.jobs.up);
  answer(platform, state, undefined, { clientId: state.session.clientId, sessionPresent: sessionPresent, seconds: took / 1000 });
  // Only then is it loaded: most of the time nothing waits.
  if (queuedSome(platform.flash)) borrow<typeof iqueue, void>(platform, "iqueue", (module) => module.sendNext(platform, state));
}

/** Opens the socket with `hello` (CONNECT); this module is held until the link is down. */
export function dial(platform: Platform, state: IotState, options: MqttOptions, hello: Bytes, tell: Tell): void {
  const modules = platform.modules;
  let client: ReturnType<typeof mqtt.createLink> | undefined;

  function down(reason: Failure | Loss | undefined): void {
    if (client) modules.release("mqtt");
    if (state.quick) modules.release("iquick");
    client = state.link = state.quick = undefined;
    modules.release("idial");
    tell("linkDown", reason);
  }

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
        state.link = client = loaded.module.createLink(platform, state.session, options, {
          up: (sessionPresent) => up(platform, state, sessionPresent),
          down: down,
          refused: (failed) => platform.console.print("MQTT: " + failed.message),
        });
        options = undefined as never;
        client.attach(socket);
        client.open();
      },
      data: (bytes) => client && client.data(bytes),
      drain: () => client && client.drain(),
      end: function () {
        if (client) client.end();
        else down(state.closers ? undefined : failure("memory", "The MQTT client does not fit beside the TLS link", "Use a module with PSRAM or a build with a larger reserve."));
      },
      failed: function (failed) {
        if (client) client.failed(failed);
        else down(failed);
      },
    },
  );
}
