// The MQTT client (3.1.1): one connection that works for a session. What is said next is read from the session whenever the socket can take
// more, so there are no queues here; what is lost with a connection is said again by the next one.
import type { Bytes } from "../bytes/bytes";
import { toUtf8 } from "../bytes/utf8";
import { failure } from "../flow/failure";
import type { Done, Failure } from "../flow/failure";
import type { Platform, Socket, SocketEvents, Timers } from "../platform/ports";
import { DISCONNECT, filtersPacket, idPacket, PINGREQ, PUBACK, PUBCOMP, publishHead, PUBREC, PUBREL } from "./packets";
import type { Link, MqttEvents, MqttOptions, Publication } from "./link";
import { Parser } from "./parser";
import type { Message, PacketSink } from "./parser";
import { ANSWER, subscriptionRefused } from "./reasons";
import type { Loss } from "./reasons";
import { acknowledge, ACTIVE, AGAIN, LEAVING, NEW, RELEASE, RELEASED, resume, SENT, takeId, WANTED } from "./session";
import type { Listener, Outgoing, Session, Subscription } from "./session";
import { drop, dueSubscriptions, replace } from "./subscriptions";
import { topicMatches } from "./topics";

/** Messages under way (4.6 and AWS IoT's 100 allow more; each is in memory). */
const WINDOW = 4;
/** Bytes given to the socket at once: more is copied too often there. */
const PIECE = 1024;
/** Seconds until a ping must be answered, a DISCONNECT be sent. */
const PONG = 15, FAREWELL = 5;
/** Seconds until an acknowledgement must be there; connections in which a message is sent in vain before it is given up. */
const PATIENCE = 30, SENDINGS = 3;
/** Part of the keep alive after which it is looked whether something was said: what was said right after a look waits for two. */
const KEEP = 0.45;

const CONNACK = 0x20, SUBACK = 0x90, UNSUBACK = 0xb0, PINGRESP = 0xd0;

/** Calls what is not ours: what it throws is reported as usual, and does not stop the connection. */
function tell(timers: Timers, told: ((a: any, b: any, c?: any) => void) | undefined, a?: unknown, b?: unknown, c?: unknown): void {
  if (!told) return;
  try {
    told(a, b, c);
  } catch (error) {
    timers.after(0, function () {
      throw error;
    });
  }
}

/** One connection. It is its own socket events and packet sink: closures would cost more than all its fields. */
class MqttLink implements Link, SocketEvents, PacketSink {
  private readonly timers: Timers;
  private readonly isClean: boolean;
  private readonly keepAlive: number;
  private readonly packetParser: Parser;
  private readonly pieceSource: () => Bytes;
  private wire: Socket | undefined;
  /** CONNACK came; nothing is left. */
  private isUp = false;
  private isOver = false;
  /** disconnect() was called; DISCONNECT is said. */
  private isLeaving = false;
  private farewellSaid = false;
  /** The socket asks for pieces; what came is being read. */
  private isPumping = false;
  private isReading = false;
  private lossReason: Failure | Loss | undefined;
  private pulse: number | undefined;
  /** Something was said, heard since the last pulse; a ping is to be sent (1) or not answered (2). */
  private hasSent = false;
  private hasHeard = false;
  private pingState = 0;
  /** Acknowledgements that are to go. */
  private ackBytes: Bytes = "";
  /** The SUBSCRIBE or UNSUBSCRIBE under way: one at a time. */
  private askId = 0;
  private askedFor: Subscription[] | undefined;
  /** The message whose payload is being written, and how much of it is. */
  private longMessage: Outgoing | undefined;
  private longAt = 0;
  /** What is awaited longest, for how long, and when it is looked again. */
  private awaitedCode = 0;
  private awaitedFor = 0;
  private beatSeconds = 0;

  constructor(platform: Platform, private readonly boundSession: Session, options: MqttOptions, private readonly linkEvents: MqttEvents) {
    const self = this;
    this.timers = platform.timers;
    this.isClean = options.clean;
    this.keepAlive = options.keepAlive;
    this.packetParser = new Parser(this, options.whole || 4096);
    this.pieceSource = function () {
      return self.compose();
    };
  }

  /** The socket whose events come here. */
  attach(socket: Socket): void {
    this.wire = socket;
  }

  publish(message: Publication, done?: Done<void>): void {
    this.boundSession.outgoing.push({ id: 0, qos: message.qos || 0, topic: toUtf8(message.topic), payload: message.payload, retain: !!message.retain, stage: NEW, done: done });
    this.flush();
  }

  subscribe(filter: Bytes, qos: number, listener: Listener, done?: Done<number>): void {
    this.note({ filter: toUtf8(filter), qos: qos, state: WANTED, listener: listener, done: done });
  }

  unsubscribe(filter: Bytes, done?: Done<number>): void {
    this.note({ filter: toUtf8(filter), qos: 0, state: LEAVING, done: done });
  }

  wake(): void {
    this.flush();
  }

  disconnect(): void {
    if (this.isLeaving || this.isOver) return;
    this.isLeaving = true;
    if (!this.isUp) return this.wire && this.wire.end();
    this.beat(FAREWELL);
    this.flush();
  }

  open(): void {
    this.beat(ANSWER);
  }

  data(bytes: Bytes): void {
    // What read the last bytes was interrupted, for want of memory: the rest of them is lost.
    if (this.isReading) return this.lose(failure("memory", "Memory ran out over a message from the broker", "Subscribe to less, or read long payloads in pieces."));
    if (this.lossReason || this.isOver) return;
    this.hasHeard = this.isReading = true;
    const fault = this.packetParser.feed(bytes);
    this.isReading = false;
    if (fault && !this.lossReason) this.lose({ loss: "protocol", about: fault });
    this.flush();
  }

  drain(): void {
    this.isPumping = false;
    if (this.farewellSaid && this.wire) this.wire.end();
  }

  end(): void {
    this.over(this.isLeaving ? undefined : { loss: "closed", about: this.isUp });
  }

  failed(reason: Failure): void {
    // What breaks after CONNECT and before CONNACK was refused: AWS IoT does so when it does not like the certificate or the client id.
    if (this.isLeaving) this.over(undefined);
    else if (reason.code == "connection-lost" && !this.isUp) this.over({ loss: "closed", about: false });
    else this.over(reason);
  }

  packet(first: number, body: Bytes): string | undefined {
    const id = (body.charCodeAt(0) << 8) + body.charCodeAt(1);
    if (first == CONNACK) return this.accepted(body.charCodeAt(0), body.charCodeAt(1));
    // [MQTT-3.2.0-1]
    if (!this.isUp) return this.lossReason ? "" : "something before CONNACK";
    if (first == PINGRESP) {
      this.pingState = 0;
      return "";
    }
    if (!id) return "packet id 0";
    if (first == SUBACK || first == UNSUBACK) return this.answered(first, id, body);
    const incoming = this.boundSession.incoming;
    if (first == PUBREL) {
      const at = incoming.indexOf(id);
      if (at >= 0) incoming.splice(at, 1);
      this.ackBytes += idPacket(PUBCOMP, id);
      return "";
    }
    const message = acknowledge(this.boundSession, first, id);
    if (typeof message == "string") return message;
    if (message) tell(this.timers, message.done);
    // Of a message nobody here remembers: the broker is let off too.
    else if (first == PUBREC && !this.boundSession.outgoing.some((one) => one.id == id)) this.ackBytes += idPacket(PUBREL, id);
    return "";
  }

  message(message: Message, piece: Bytes): string | undefined {
    if (!this.isUp) return this.lossReason ? "" : "a message before CONNACK";
    const session = this.boundSession;
    const { qos, id } = message;
    const again = qos == 2 && session.incoming.indexOf(id) >= 0;
    if (!again) {
      for (const one of session.subscriptions) {
        if (one.listener && topicMatches(one.filter, message.topic)) tell(this.timers, one.listener, message.topic, piece, message);
      }
    }
    if (message.offset + piece.length < message.total) return "";
    if (qos == 1) this.ackBytes += idPacket(PUBACK, id);
    if (qos == 2) this.ackBytes += idPacket(PUBREC, id);
    if (qos == 2 && !again) session.incoming.push(id);
    return "";
  }

  /** Notes a subscription in the session, in the place of one with the same filter. */
  private note(wanted: Subscription): void {
    const lost = replace(this.boundSession, wanted, this.askedFor);
    if (lost) tell(this.timers, lost.done, failure("busy", "Something else was asked for " + wanted.filter + " meanwhile", "Wait for the first answer."));
    this.flush();
  }

  /** CONNACK (3.2). */
  private accepted(flags: number, code: number): string {
    if (this.isUp) return "a second CONNACK";
    // [MQTT-3.2.2-1, 3.2.2-4]
    if (flags > 1 || (flags && (code || this.isClean))) return "a CONNACK with wrong flags";
    if (code) {
      this.lose({ loss: "refused", about: code });
      return "";
    }
    for (const message of resume(this.boundSession, this.isClean, flags > 0)) tell(this.timers, message.done);
    this.isUp = true;
    this.beat(this.keepAlive * KEEP);
    this.linkEvents.up(flags > 0);
    return "";
  }

  /** SUBACK (3.9) or UNSUBACK (3.11). */
  private answered(first: number, id: number, body: Bytes): string {
    const asked = this.askedFor;
    if (!asked || id != this.askId) return "";
    const codes = first == SUBACK ? body.length - 2 : 0;
    if (codes != (asked[0]!.state == WANTED ? asked.length : 0)) return "an answer to something else";
    for (let i = 0; i < codes; i++) if (body.charCodeAt(i + 2) > 2 && body.charCodeAt(i + 2) != 128) return "a SUBACK with a wrong code";
    this.askedFor = undefined;
    for (let i = 0; i < asked.length; i++) {
      const one = asked[i]!;
      const done = one.done;
      const code = codes ? body.charCodeAt(i + 2) : 128;
      one.done = undefined;
      if (code < 128) one.state = ACTIVE;
      else drop(this.boundSession, one);
      if (!codes) tell(this.timers, done);
      else if (code < 128) tell(this.timers, done, undefined, code);
      else tell(this.timers, done || this.linkEvents.refused, subscriptionRefused(one.filter));
    }
    return "";
  }

  /** Has the socket ask for what is to be said, if there may be something. */
  private flush(): void {
    if (this.isPumping || this.isReading || !this.isUp) return;
    this.isPumping = true;
    this.wire!.pump(this.pieceSource);
  }

  /** The next piece for the socket, "" if there is nothing to say. */
  private compose(): Bytes {
    let piece = "";
    let more = this.say();
    while (more) {
      piece += more;
      more = piece.length < PIECE ? this.say() : "";
    }
    if (piece) this.hasSent = true;
    if (!this.awaitedCode && !this.pingState && this.isUp) {
      this.awaitedCode = this.awaited();
      if (this.awaitedCode) this.beat(this.patience());
    }
    return piece;
  }

  /** The next packet, or the next part of a long one. */
  private say(): Bytes {
    if (this.longMessage) return this.part();
    const acks = this.ackBytes;
    this.ackBytes = "";
    if (acks || this.farewellSaid) return acks;
    if (this.isLeaving) {
      this.farewellSaid = true;
      return DISCONNECT;
    }
    if (this.pingState == 1) {
      this.pingState = 2;
      this.beat(Math.min(PONG, this.keepAlive * KEEP));
      return PINGREQ;
    }
    return (!this.askedFor && this.request()) || this.publication();
  }

  /** SUBSCRIBE or UNSUBSCRIBE for what waits for one. */
  private request(): Bytes {
    const asked = dueSubscriptions(this.boundSession);
    if (!asked.length) return "";
    this.askedFor = asked;
    this.askId = takeId(this.boundSession, 0);
    return filtersPacket(asked[0]!.state == WANTED, this.askId, asked);
  }

  /** PUBLISH or PUBREL for the first message that waits for one within the window. */
  private publication(): Bytes {
    const list = this.boundSession.outgoing;
    for (let i = 0; i < list.length && i < WINDOW; i++) {
      const message = list[i]!;
      const stage = message.stage;
      if (stage == SENT || stage == RELEASED) continue;
      if (stage == RELEASE) {
        message.stage = RELEASED;
        return idPacket(PUBREL, message.id);
      }
      if (!message.qos) list.splice(i, 1);
      else if (!message.id) message.id = takeId(this.boundSession, this.askedFor ? this.askId : 0);
      message.stage = SENT;
      this.longMessage = message;
      this.longAt = 0;
      return publishHead(message.topic, message.qos, message.retain, stage == AGAIN, message.id, message.payload.length) + this.part();
    }
    return "";
  }

  /** The next part of the payload that is being written; "" of an empty one. */
  private part(): Bytes {
    const message = this.longMessage!;
    const payload = message.payload;
    const part = payload.length > PIECE ? payload.substr(this.longAt, PIECE) : payload;
    this.longAt += part.length;
    if (this.longAt < payload.length) return part;
    this.longMessage = undefined;
    if (!message.qos) tell(this.timers, message.done);
    return part;
  }

  /** What an acknowledgement is awaited for: the SUBSCRIBE or UNSUBSCRIBE, or the oldest message and how far it is. 0 if nothing is. */
  private awaited(): number {
    const first = this.boundSession.outgoing[0];
    if (this.askedFor) return -this.askId;
    return first && !this.longMessage && (first.stage == SENT || first.stage == RELEASED) ? first.id * 8 + first.stage : 0;
  }

  /** Seconds until it must be looked again, 0 for never. */
  private patience(): number {
    const keep = this.keepAlive * KEEP;
    const left = PATIENCE - this.awaitedFor;
    return this.awaitedCode && !(keep && keep < left) ? left : keep;
  }

  /** The broker lives, and does not acknowledge: only another connection may say it again (4.4). Who is answered by none is told. */
  private unanswered(): void {
    const session = this.boundSession;
    const asked = this.askedFor;
    const first = session.outgoing[0]!;
    const failed = failure("timeout", "The broker did not acknowledge " + (asked ? asked[0]!.filter : first.topic) + " within " + PATIENCE + " s", "AWS IoT is busy or, for QoS 2, does not know it: try again.");
    this.lose(failed);
    if (!asked) {
      first.sendings = (first.sendings || 0) + 1;
      if (first.sendings < SENDINGS) return;
      session.outgoing.shift();
      return tell(this.timers, first.done, failed);
    }
    for (const one of asked) {
      const done = one.done;
      one.done = undefined;
      // What the broker had taken in an earlier connection is asked for again.
      if (done && one.state == WANTED) drop(session, one);
      tell(this.timers, done, failed);
    }
  }

  /** Looks again after `seconds`, if that is not 0. */
  private beat(seconds: number): void {
    const self = this;
    this.beatSeconds = seconds;
    this.timers.cancel(this.pulse);
    this.pulse = seconds
      ? this.timers.after(seconds * 1000, function () {
          self.pulse = undefined;
          self.look();
        })
      : undefined;
  }

  /** Keep alive (3.1.2.10), and the ends of all patience. */
  private look(): void {
    const keep = this.keepAlive * KEEP;
    const patience = Math.min(PONG, keep);
    if (this.isLeaving) return this.wire!.end();
    if (!this.isUp) return this.lose({ loss: "silent", about: 0 });
    const awaited = this.awaited();
    this.awaitedFor = awaited && awaited == this.awaitedCode ? this.awaitedFor + this.beatSeconds : 0;
    this.awaitedCode = awaited;
    if (this.awaitedFor > PATIENCE - 1) return this.unanswered();
    // An answer may stand behind a long message: as long as something comes, the broker is there.
    // Nor can a ping be said while a long message goes out.
    if (this.pingState && !this.hasHeard && (this.pingState == 2 || !this.hasSent)) return this.lose({ loss: "silent", about: Math.ceil(patience) });
    const ping = keep > 0 && !this.pingState && !(this.hasSent && this.hasHeard);
    this.hasSent = this.hasHeard = false;
    if (ping) this.pingState = 1;
    this.beat(this.pingState ? patience : this.patience());
    if (ping) this.flush();
  }

  /** Ends the connection without a DISCONNECT: the broker sends the will. */
  private lose(reason: Failure | Loss): void {
    if (!this.lossReason) this.lossReason = reason;
    this.isUp = false;
    if (this.wire) this.wire.end();
  }

  private over(reason: Failure | Loss | undefined): void {
    if (this.isOver) return;
    this.isOver = true;
    this.isUp = false;
    this.timers.cancel(this.pulse);
    this.wire = undefined;
    const cut = this.longMessage;
    this.longMessage = undefined;
    const why = this.lossReason || reason;
    if (cut && !cut.qos) tell(this.timers, cut.done, why && "code" in why ? why : failure("connection-lost", "The connection ended within a message", "Publish it again."));
    this.linkEvents.down(why);
  }
}

/** A link on a socket that is given to it by `attach`, and whose events go to it. */
export function createLink(platform: Platform, session: Session, options: MqttOptions, events: MqttEvents): Link & SocketEvents & { attach(socket: Socket): void } {
  return new MqttLink(platform, session, options, events);
}
