// AWS IoT's limits of rate: the board keeps within them by itself, backs off where it is refused, and makes no storm.
import assert from "node:assert/strict";
import type { Throttle } from "../../sim/cloud/iot/throttle";
import { bootedDesk, closeDesks, deskWithLog, failure, said, until } from "./desks";

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
/** Milliseconds between what came one after the other. */
const gaps = ({ taken, refused }: Throttle): number[] => {
  const all = [...taken, ...refused].sort((one, other) => one - other);
  return all.slice(1).map((at, n) => at - all[n]!);
};

describe("AWS IoT throttles", function () {
  this.timeout(60000);
  afterEach(() => closeDesks());

  it("CONNECT: a board that is thrown out again and again keeps to one a second", async () => {
    const one = await bootedDesk();
    const { connects } = one.cloud.iot.throttles;
    connects.rate = 1;
    await one.command("device.connect()");
    for (let n = 1; n < 4; n++) {
      one.cloud.iot.mqtt.drop();
      await until(() => connects.taken.length > n || connects.refused.length > 0);
    }
    assert.deepEqual([connects.refused, connects.taken.length], [[], 4]);
  });

  it("CONNECT: all are refused: waits grow, and the board comes back by itself", async () => {
    const one = await bootedDesk();
    const { connects } = one.cloud.iot.throttles;
    connects.rate = 0;
    assert.equal((await failure(one, "device.connect()")).code, "mqtt-closed");
    await pause(6000);
    const refused = connects.refused.length;
    assert.ok(refused > 1 && refused < 6, `${refused} in 6 s`);
    connects.rate = 1;
    await until(() => one.cloud.iot.mqtt.clients().length === 1);
    // The clocks of board and cloud are read at different moments.
    assert.ok(Math.min(...gaps(connects)) > 990, String(gaps(connects)));
  });

  for (const way of ["HTTPS", "MQTT"] as const) {
    it(`shadow by ${way}: one that is busy is asked again, and never more than five times`, async () => {
      const one = await bootedDesk();
      if (way === "MQTT") await one.command("device.connect()");
      const { shadows } = one.cloud.iot.throttles;
      shadows.rate = 1;
      for (const n of [1, 2, 3]) await one.command(`device.shadow.report({n:${n}})`);
      assert.equal(one.cloud.iot.shadows.read("board-17")!.version, 3);
      shadows.rate = 0;
      shadows.refused.length = 0;
      const failed = await failure(one, "device.shadow.report({n:4})");
      assert.deepEqual([failed.code, failed.cause.status, shadows.refused.length], ["iot", 429, 5]);
      assert.match(failed.hint, /busy: try again later/);
      said(one, /again in \d+\.\d s$/);
    });
  }

  it("credentials: the provider is asked five times, and the transfer fails with what to do", async () => {
    const { one } = await deskWithLog(20000, { iot: true });
    const { throttle } = one.cloud.credentialsProvider;
    throttle.rate = 0;
    const failed = await failure(one, 'device.put("log.txt")');
    assert.deepEqual([failed.code, failed.cause.status, throttle.refused.length, one.cloud.s3.requests.length], ["iot", 429, 5, 0]);
    throttle.rate = 1;
    await one.command('device.put("log.txt")');
  });

  it("PUBLISH: what AWS throws away is not acknowledged, and comes again with the next connection", async () => {
    const one = await bootedDesk();
    await one.command("device.connect()");
    const { publishes } = one.cloud.iot.throttles;
    publishes.rate = 0;
    const published = one.command('device.publish("a","b")');
    await until(() => publishes.refused.length === 1);
    await pause(2000);
    // Not again and again in the same one.
    assert.equal(publishes.refused.length, 1);
    publishes.rate = 100;
    one.cloud.iot.mqtt.drop();
    await published;
    await until(() => one.cloud.iot.mqtt.messages.length > 0);
    assert.deepEqual(one.cloud.iot.mqtt.messages.map(({ topic }) => topic), ["a"]);
  });
});
