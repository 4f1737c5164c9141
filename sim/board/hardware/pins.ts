// Pins, SPI, I2C and serial ports: there to be named and set up, with nothing wired to them.
import type { Profile } from "../options";
import type { Realm } from "../realm";

const pinCount: Record<Profile, number> = { esp32: 40, linux: 33 };

export function installHardware(realm: Realm, profile: Profile, print: (text: string) => void): void {
  const levels = new Map<object, number>();
  const pins = realm.nativeClass("Pin", {
    read(this: object) { return (levels.get(this) ?? 0) > 0; },
    write(this: object, value: number) { levels.set(this, value ? 1 : 0); },
    set(this: object) { levels.set(this, 1); },
    reset(this: object) { levels.set(this, 0); },
    toggle(this: object) { levels.set(this, levels.get(this) ? 0 : 1); return levels.get(this) === 1; },
    mode() { /* nothing is wired here */ },
    getMode() { return "undefined"; },
  });
  for (let n = 0; n < pinCount[profile]; n++) {
    const pin = realm.create(pins);
    realm.define(pin, { toString: () => `D${n}`, toJSON: () => `D${n}`, valueOf: () => n });
    realm.define(realm.global, { [`D${n}`]: pin });
  }
  // Pin("D5") and new Pin(5) give the pin, anything else an object that is none.
  const named = function (name: unknown): object | undefined {
    const found = realm.global[typeof name === "number" ? `D${name}` : typeof name === "object" ? `D${String(Number(name))}` : String(name)];
    const isPin = typeof found === "object" && found !== null && Object.getPrototypeOf(found) === pins;
    return isPin ? (found as object) : new.target ? realm.object() : undefined;
  };
  realm.define(named, { prototype: pins });
  realm.define(realm.global, { Pin: named });
  const nothing = (): void => undefined;
  installBuses(realm, profile, nothing);
  const serial = realm.object();
  realm.define(serial, {
    setup: nothing, setConsole: nothing, print, println: (text: unknown) => print(`${String(text)}\r\n`),
    write: (data: unknown) => print(String(data)), inject: nothing, available: () => 0, read: () => "",
  });
  const digital = (pin: unknown): object | undefined => (typeof pin === "object" && pin !== null ? pin : undefined);
  realm.define(realm.global, {
    Serial1: serial,
    HIGH: 1,
    LOW: 0,
    digitalWrite(pin: unknown, value: number) { const one = digital(pin); if (one) levels.set(one, value ? 1 : 0); },
    digitalRead(pin: unknown) { const one = digital(pin); return (one && levels.get(one)) ?? 0; },
    digitalPulse: nothing,
    analogWrite: nothing,
    analogRead: () => 0,
    pinMode: nothing,
    getPinMode: () => "undefined",
    setWatch: () => 1,
    clearWatch: nothing,
    shiftOut: nothing,
    peek8: () => 0, peek16: () => 0, peek32: () => 0,
    poke8: nothing, poke16: nothing, poke32: nothing,
  });
}

function installBuses(realm: Realm, profile: Profile, nothing: () => void): void {
  const spi = realm.nativeClass("SPI", { setup: nothing, send: () => 0, write: nothing, send4bit: nothing, send8bit: nothing });
  const i2c = realm.nativeClass("I2C", { setup: nothing, writeTo: nothing, readFrom: () => new realm.intrinsics.Uint8Array(0) });
  const count = profile === "esp32" ? 2 : 3;
  for (let n = 1; n <= count; n++) realm.define(realm.global, { [`SPI${n}`]: realm.create(spi), [`I2C${n}`]: realm.create(i2c) });
  // software SPI: new SPI()
  const constructor = function (): object { return realm.create(spi); };
  realm.define(constructor, { prototype: spi });
  realm.define(realm.global, { SPI: constructor });
}
