// The MQTT client (3.1.1): one connection that works for a session. Here is what each message needs; what happens seldom is in turns/, in
// modules that are loaded for the moment. What is said next is read from the session whenever the socket can take more, so there are
// no queues here; what is lost with a connection is said again by the next one.
import type { Bytes } from "../bytes/bytes";
import type { Failure } from "../flow/failure";
import type { OpenSocketEvents, Platform, Socket } from "../platform/ports";
import type { Link, MqttOptions, TellKeeper, Teller } from "./link";
import { PUBACK, publishHead, PUBREC } from "./packets";
import { feed } from "./parser";
import type { Message, Reader } from "./parser";
import type { Loss } from "./reasons";
import { AGAIN, NEW, RELEASE, SENT, takeId } from "./session";
import type { Awaited, Outgoing, Session, Subscription } from "./session";
import { topicMatches } from "./topics";
import type * as mqttask from "./turns/answer";
import type * as mqttend from "./turns/end";
import type * as mqttlook from "./turns/look";
import type * as mqttname from "./turns/name";

/** Messages under way (4.6 and AWS IoT's 100 allow more; each is in memory). */
const WINDOW = 4;
/** Bytes given to the socket at once: more is copied too often there. Those of a payload that is taken without a look at memory. */
const PIECE = 1024, LONGEST = 512;

/** What happens seldom, by module. */
interface Turns {
  mqttask: typeof mqttask;
  mqttend: typeof mqttend;
  mqttlook: typeof mqttlook;
  mqttname: typeof mqttname;
}

/** One connection, on a socket that is given to it as `wire`, and whose events go to it. It is its own socket events and reader, and its fields come when they are needed: each method and field is in memory. */
export class MqttLink implements Link, OpenSocketEvents, Reader {
  readonly isClean?: boolean;
  readonly keepSeconds: number;
  wire: Socket | undefined;
  /** CONNACK came, and the connection is not lost; nothing is left. */
  isUp?: boolean;
  isOver?: boolean;
  /** disconnect() was called; DISCONNECT is said. */
  isLeaving?: boolean;
  farewellSaid?: boolean;
  /** A drain of the socket will come; what came is being read; there may be something to say after that. */
  isPumping: boolean | undefined;
  isReading?: boolean;
  isMissed?: boolean;
  /** The message of QoS 0 that is through with the drain. */
  writtenMessage: Outgoing | undefined;
  lossReason: Failure | Loss | undefined;
  pulse: number | undefined;
  /** Something was said, heard since the last pulse; how far a ping is. */
  hasSent?: boolean;
  hasHeard?: boolean;
  isPinged?: number;
  /** Packets that are to go before messages. */
  dueBytes?: Bytes;
  /** There may be a SUBSCRIBE, UNSUBSCRIBE or DISCONNECT to say; its id while one is under way, one at a time. */
  isAsking?: boolean;
  askId?: number;
  askedFor: Subscription[] | undefined;
  /** The message whose payload is being written, and how much of it is. */
  longMessage: Outgoing | undefined;
  longAt?: number;
  /** What is awaited longest, for how long, and when it is looked again. */
  awaitedCode?: number;
  awaitedFor?: number;
  beatSeconds?: number;
  /** The topic that was published to last, and its bytes; messages since the last line. */
  knownTopic: unknown;
  topicBytes: Bytes | undefined;
  unsaid: number | undefined;
  lineTimer: number | undefined;
  readonly longestWhole?: number;
  restBytes?: Bytes;
  nowMessage: Message | undefined;
  heldBytes?: Bytes;
  lastTopic?: Bytes;

  constructor(readonly platform: Platform, readonly boundSession: Session, options: MqttOptions, readonly tellKeeper: TellKeeper) {
    if (options.clean) this.isClean = true;
    if (options.whole !== undefined) this.longestWhole = options.whole;
    this.keepSeconds = options.keepAlive;
  }

  /** Does what happens seldom, by the module for it. Without it the connection ends. */
  turn<Module extends keyof Turns>(module: Module, name: keyof Turns[Module] & string, a?: unknown, b?: unknown): any {
    const modules = this.platform.modules;
    const loaded = modules.load<any>(module);
    if (loaded.module) {
      const answer = loaded.module[name](this, a, b);
      modules.release(module);
      return answer;
    }
    this.isUp = false;
    this.lossReason = this.lossReason || loaded.failed;
    if (this.wire) this.wire.end();
    if (name == "ended") this.tellKeeper("linkDown", loaded.failed);
  }

  /** Does so after so many milliseconds. No function of the module may be kept for it. */
  later<Module extends keyof Turns>(module: Module, name: keyof Turns[Module] & string, milliseconds: number): number {
    const self = this;
    return this.platform.timers.after(milliseconds, function () {
      self.turn(module, name);
    });
  }

  data(bytes: Bytes): void {
    const list = this.boundSession.outgoing;
    const first = list[0];
    // The usual answer, alone: PUBACK for the message in front.
    if (
      first && first.qos == 1 && first.id && bytes == String.fromCharCode(PUBACK, 2, first.id >> 8, first.id & 255) &&
      this.isUp && !this.isReading && !this.restBytes && !this.nowMessage
    ) {
      this.hasHeard = true;
      list.shift();
      this.through(first);
      if (list.length) this.wake();
      return;
    }
    // What read the last bytes was interrupted, for want of memory: the rest of them is lost.
    if (this.isReading) return this.turn("mqttend", "interrupted");
    if (this.lossReason || this.isOver) return;
    this.hasHeard = this.isReading = true;
    feed(this, bytes);
    this.isReading = false;
    if (this.isMissed || this.dueBytes || list.length) this.wake();
  }

  drain(): void {
    // The interpreter's own directive: the function's code is copied out of flash. So it is where every message of QoS 0 comes along.
    "ram";
    const message = this.writtenMessage;
    this.isPumping = this.writtenMessage = undefined;
    if (message) this.through(message);
    if (this.isMissed) this.wake();
    if (this.farewellSaid && this.wire) this.wire.end();
  }

  end(): void {
    this.turn("mqttend", "ended");
  }

  failed(reason: Failure): void {
    this.turn("mqttend", "ended", reason);
  }

  messagePiece(message: Message, piece: Bytes): boolean {
    const session = this.boundSession;
    const { qos, id } = message;
    if (!this.isUp) {
      this.turn("mqttend", "violated", "a message before CONNACK");
      return false;
    }
    const again = qos == 2 && !!session.incoming && session.incoming.indexOf(id) >= 0;
    if (!again) {
      for (const one of session.subscriptions) {
        if (!one.listener || !topicMatches(one.filter, message.topic)) continue;
        try {
          one.listener(message.topic, piece, message);
        } catch (error) {
          // It is reported as usual, and does not stop the connection.
          this.platform.timers.after(0, function () {
            throw error;
          });
        }
      }
    }
    if (qos && message.offset + piece.length == message.total) {
      this.dueBytes = (this.dueBytes || "") + String.fromCharCode(qos == 1 ? PUBACK : PUBREC, 2, id >> 8, id & 255);
      if (qos == 2 && !again) session.incoming = (session.incoming || []).concat([id]);
    }
    return true;
  }

  /** Has the socket ask for what is to be said, if there may be something. */
  wake(): void {
    const self = this;
    this.isMissed = !!(this.isPumping || this.isReading);
    if (this.isMissed || !this.isUp) return;
    this.isPumping = true;
    // It is let go with the pump's end.
    this.wire!.pump(function () {
      return self.compose();
    });
  }

  /** The next piece for the socket, "" if there is nothing to say. */
  private compose(): Bytes {
    let piece = "", more = "";
    if (this.farewellSaid) return piece;
    do {
      more = this.dueBytes || "";
      if (this.longMessage) more = this.publication();
      else if (more) this.dueBytes = "";
      else more = (this.isAsking && this.turn("mqttask", "request")) || (this.isLeaving ? "" : this.publication());
      piece += more;
    } while (more && piece.length < PIECE);
    if (piece) this.hasSent = true;
    return piece;
  }

  quick(teller: Teller, topic: unknown, payload: any, options: any): Promise<unknown> | undefined {
    "ram";
    const self = this;
    const list = self.boundSession.outgoing;
    const qos = options ? options.qos : 1;
    if (
      self.isPumping || self.isMissed || list.length >= WINDOW || (qos !== 0 && qos !== 1) || (options && Object.keys(options).length > 1) ||
      typeof payload != "string" || payload.length > LONGEST || ((!topic || topic !== self.knownTopic) && !self.turn("mqttname", "known", topic))
    ) return undefined;
    const awaited: Awaited = { commandTeller: teller, told: { topic: topic, qos: qos, queued: false } };
    // Functions within this one are copied each time.
    awaited.promise = new Promise(function (resolve, reject) {
      awaited.resolve = resolve;
      awaited.reject = reject;
    });
    const message: Outgoing = { id: qos && takeId(self.boundSession, self.askId), qos: qos, topic: self.topicBytes!, payload: payload, retain: false, stage: SENT, awaited: awaited };
    if (qos) list.push(message);
    else self.writtenMessage = message;
    self.isPumping = self.hasSent = true;
    self.wire!.write(publishHead(message.topic, qos, false, false, message.id, payload.length) + payload);
    if (qos && !self.awaitedCode) self.turn("mqttlook", "watch");
    return awaited.promise;
  }

  /** A message is through, or `failed`: whoever waits for it is told. */
  through(message: Outgoing, failed?: Failure): void {
    const awaited = message.awaited;
    if (failed || !awaited) return this.turn("mqttend", "ending", message, failed);
    if (this.unsaid === undefined) this.turn("mqttlook", "count", message);
    else this.unsaid++;
    awaited.resolve!(awaited.told);
  }

  /** The next part of a long payload; PUBLISH or PUBREL for the first message that waits for one within the window. */
  private publication(): Bytes {
    const session = this.boundSession;
    const list = session.outgoing;
    let message = this.longMessage;
    let head = "";
    // What two connections ended over goes alone.
    const most = list.length && list[0]!.sendings! > 1 ? 1 : WINDOW;
    for (let i = 0; !message && i < list.length && i < most; i++) {
      const one = list[i]!;
      const stage = one.stage;
      if (stage == RELEASE) return this.turn("mqttask", "pubrel", one);
      if (stage != NEW && stage != AGAIN) continue;
      message = this.longMessage = one;
      if (!one.qos) list.splice(i, 1);
      else if (!one.id) one.id = takeId(session, this.askId);
      one.stage = SENT;
      this.longAt = 0;
      head = publishHead(one.topic, one.qos, one.retain, stage == AGAIN, one.id, one.payload.length);
    }
    if (!message) return "";
    const payload = message.payload;
    const part = payload.length > PIECE ? payload.substr(this.longAt!, PIECE) : payload;
    this.longAt! += part.length;
    if (this.longAt! >= payload.length) {
      this.longMessage = undefined;
      if (!message.qos) this.through(message);
      else if (!this.awaitedCode) this.turn("mqttlook", "watch");
    }
    return head + part;
  }
}
