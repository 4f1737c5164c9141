// The socket of a link to AWS IoT, and the client on it. Where TLS lives in the interpreter's variables the handshake needs long runs of
// them: the client is loaded when the link is proven. Nothing else of the link's care is in memory while it lives.
import type { Bytes } from "../bytes/bytes";
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type * as mqtt from "../mqtt/client";
import type { MqttOptions } from "../mqtt/client";
import type { Platform } from "../platform/ports";
import type { IotState } from "./state";

/** linkUp with whether the session is present; linkDown with why. */
export type Tell = (what: "linkUp" | "linkDown", about: unknown) => void;

/** Opens the socket with `hello` (CONNECT); this module is held until the link is down. */
export function dial(platform: Platform, state: IotState, options: MqttOptions, hello: Bytes, tell: Tell): void {
  const modules = platform.modules;
  let client: ReturnType<typeof mqtt.createLink> | undefined;

  function down(reason: Failure | undefined): void {
    if (client) modules.release("mqtt");
    client = state.link = undefined;
    modules.release("idial");
    tell("linkDown", reason);
  }

  const socket = platform.tls.connect(
    { host: options.host, port: options.port, deviceCertificate: true, handshakeSeconds: options.handshakeSeconds, silenceSeconds: 0, stride: 0, hello: hello },
    {
      open: function () {
        const loaded = modules.load<typeof mqtt>("mqtt");
        if (!loaded.module) return socket.end();
        state.link = client = loaded.module.createLink(platform, state.session, options, {
          up: (sessionPresent) => tell("linkUp", sessionPresent),
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
        else down(failure("memory", "The MQTT client does not fit beside the TLS link", "Use a module with PSRAM or a build with a larger reserve."));
      },
      failed: function (failed) {
        if (client) client.failed(failed);
        else down(failed);
      },
    },
  );
}
