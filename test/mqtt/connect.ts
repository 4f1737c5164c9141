// A link as the firmware makes one: CONNECT first, then the client on the socket, arguments checked before they reach it.
import assert from "node:assert/strict";
import { publish, subscribe, unsubscribe } from "../../src/mqtt/ask";
import { MqttLink } from "../../src/mqtt/client";
import type { MqttOptions, Publication } from "../../src/mqtt/link";
import { argument, greeting, publicationFault, subscriptionFault } from "../../src/mqtt/connect";
import { lossFailure } from "../../src/mqtt/reasons";
import type { Listener, Session } from "../../src/mqtt/session";
import { toUtf8 } from "../../src/bytes/utf8";
import type { Done, Failure } from "../../src/flow/failure";
import type { Platform } from "../../src/platform/ports";

export interface Told {
  up(sessionPresent: boolean): void;
  down(reason: Failure | undefined): void;
  refused?(failed: Failure): void;
}

/** A link with what is asked of it as its methods. */
export interface AskedLink extends MqttLink {
  publish(message: Publication, done?: Done<void>): void;
  subscribe(filter: string, qos: number, listener: Listener, done?: Done<number>): void;
  unsubscribe(filter: string, done?: Done<number>): void;
  disconnect(): void;
}

export function connectMqtt(platform: Platform, session: Session, options: MqttOptions, events: Told): AskedLink {
  const inner = new MqttLink(platform, session, options, (what, about: any) => {
    if (what === "linkUp") events.up(about);
    else if (what === "linkRefused") events.refused?.(about);
    else events.down(about && lossFailure(about, session.clientId));
  });
  const hello = greeting(platform, session, options);
  if (typeof hello !== "string") platform.timers.after(0, () => inner.failed(hello));
  else inner.wire = platform.tls.connect({ host: options.host, port: options.port, deviceCertificate: true, handshakeSeconds: options.handshakeSeconds, silenceSeconds: 0, stride: 0, hello }, {
    open: () => (inner.turn("mqttlook", "opened"), inner), data: assert.fail, drain: assert.fail, end: () => inner.end(), failed: (failed) => inner.failed(failed),
  });
  return Object.assign(inner, {
    publish(message: Publication, done?: Done<void>) {
      const fault = publicationFault({ ...message, topic: toUtf8(message.topic) });
      if (fault) done?.(argument(fault));
      else publish(session, inner, message, done);
    },
    subscribe(filter: string, qos: number, listener: Listener, done?: Done<number>) {
      const fault = subscriptionFault(session, toUtf8(filter), qos);
      if (fault) done?.(argument(fault));
      else subscribe(session, inner, filter, qos, listener, done);
    },
    unsubscribe(filter: string, done?: Done<number>) {
      const fault = subscriptionFault(undefined, toUtf8(filter), 0);
      if (fault) done?.(argument(fault));
      else unsubscribe(session, inner, filter, done);
    },
    disconnect: () => inner.turn("mqttend", "leave"),
  });
}
