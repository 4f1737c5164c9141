// A link as the firmware makes one: CONNECT first, then the client on the socket, arguments checked before they reach it.
import { createLink } from "../../src/mqtt/client";
import type { Link, MqttEvents, MqttOptions, Publication } from "../../src/mqtt/link";
import { argument, greeting, publicationFault, subscriptionFault } from "../../src/mqtt/connect";
import { lossFailure } from "../../src/mqtt/reasons";
import type { Listener, Session } from "../../src/mqtt/session";
import { toUtf8 } from "../../src/bytes/utf8";
import type { Done, Failure } from "../../src/flow/failure";
import type { Platform } from "../../src/platform/ports";

export interface Told extends Omit<MqttEvents, "down"> {
  down(reason: Failure | undefined): void;
}

export function connectMqtt(platform: Platform, session: Session, options: MqttOptions, events: Told): Link {
  const inner = createLink(platform, session, options, { ...events, down: (reason) => events.down(reason && lossFailure(reason, session.clientId)) });
  const hello = greeting(platform, session, options);
  if (typeof hello !== "string") platform.timers.after(0, () => inner.failed(hello));
  else inner.attach(platform.tls.connect({ host: options.host, port: options.port, deviceCertificate: true, handshakeSeconds: options.handshakeSeconds, silenceSeconds: 0, stride: 0, hello }, inner));
  const { publish, subscribe, unsubscribe } = inner;
  return Object.assign(inner, {
    publish(message: Publication, done?: Done<void>) {
      const fault = publicationFault({ ...message, topic: toUtf8(message.topic) });
      if (fault) done?.(argument(fault));
      else publish.call(inner, message, done);
    },
    subscribe(filter: string, qos: number, listener: Listener, done?: Done<number>) {
      const fault = subscriptionFault(session, toUtf8(filter), qos);
      if (fault) done?.(argument(fault));
      else subscribe.call(inner, filter, qos, listener, done);
    },
    unsubscribe(filter: string, done?: Done<number>) {
      const fault = subscriptionFault(undefined, toUtf8(filter), 0);
      if (fault) done?.(argument(fault));
      else unsubscribe.call(inner, filter, done);
    },
  });
}
