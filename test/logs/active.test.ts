// The number of device.log's own log.
import assert from "node:assert/strict";
import { activeName, isDue, nextActive, readActive } from "../../src/logs/active";
import { createHost } from "../host/host";

describe("the active log", () => {
  it("has a name of eight digits that goes up, kept in flash", () => {
    const { platform, time } = createHost();
    assert.equal(readActive(platform.flash), undefined);
    const first = nextActive(platform, undefined)!;
    assert.equal(activeName(first), "29671920.log");
    time.pass(90_000);
    assert.deepEqual(readActive(platform.flash), first);
    assert.deepEqual([nextActive(platform, first)!.number - first.number, activeName({ number: 7, began: 0 })], [1, "00000007.log"]);
    assert.equal(nextActive(platform, { number: 99999999, began: 0 })!.number, 1);
  });

  it("has an age only where the clock was set when it was begun", () => {
    const host = createHost();
    const now = host.platform.clock.now() / 1000;
    for (const [began, seconds, due] of [[now - 60, 60, true], [now - 59, 60, false], [now - 60, undefined, false], [0, 60, false]] as const) assert.equal(isDue(host.platform, { number: 1, began }, seconds), due);
    const unset = createHost({ clockSet: false });
    const first = nextActive(unset.platform, undefined)!;
    assert.ok(first.number > 0 && first.began === 0);
  });

  it("is unknown in a torn or foreign record, and stays where flash is full", () => {
    const { platform, flash } = createHost();
    for (const text of ["", "x", "12", "12 5", "-1 5 .", "\xff\xff\xff"]) {
      flash.records.set("log.at", text);
      assert.equal(readActive(platform.flash), undefined, text);
    }
    flash.capacity = 3;
    assert.equal(nextActive(platform, { number: 1, began: 0 }), undefined);
  });
});
