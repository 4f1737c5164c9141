// Modules in flash on the real interpreter: loaded for a command, let go after it, and missed in words.
import assert from "node:assert/strict";
import { imageRecords } from "../../sim/desk";
import { bootInterpreter, Interpreter, interpreterProgram } from "./interpreter";

describe("modules on the real interpreter", function () {
  this.timeout(60000);
  const running: Interpreter[] = [];

  before(function () {
    if (!interpreterProgram()) throw new Error("Set ESPRUINO to a Linux build of the interpreter: ESPRUINO=path npm run test:espruino");
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  async function boot(storage: Record<string, Buffer | string>): Promise<Interpreter> {
    const one = await bootInterpreter({ storage });
    running.push(one);
    return one;
  }

  const used = (one: Interpreter): Promise<number> => one.evaluate("process.memory().usage");
  const cached = (one: Interpreter): Promise<string[]> => one.evaluate("Modules.getCached()");
  const failure = (one: Interpreter, command: string): Promise<any> => one.evaluate(command).then(() => assert.fail(`${command} succeeded`), (failed) => failed);

  for (const [name, code] of interpreterProgram() ? Object.entries(imageRecords()) : []) {
    if (name === ".bootcde") continue;
    it(`loads ${name} and lets it go, twenty times without growth`, async () => {
      const one = await boot(imageRecords());
      const cycle = `require("${name}");Modules.removeCached("${name}");`;
      // Into members that are there before: what the measuring itself takes stays the same.
      await one.evaluate("m={a:0,b:0,c:0}");
      const measure = () => one.evaluate(`(function(){m.a=process.memory().usage;require("${name}");m.b=process.memory().usage;Modules.removeCached("${name}");m.c=process.memory().usage;return [m.a,m.b,m.c];})()`);
      const cycles = (count: number) => one.evaluate(`(function(){var t=getTime();for(var i=0;i<${count};i++){${cycle}}return getTime()-t;})()`);
      // What the console keeps of the first lines of each kind is no growth.
      await cycles(10);
      await measure();
      const [before, loaded, after] = await measure();
      assert.ok(loaded > before && after <= before, `${before} before, ${loaded} loaded, ${after} after`);
      const seconds = await cycles(20);
      const [last] = await measure();
      assert.ok(last <= before, `${before} before, ${last} after twenty`);
      console.log(`      ${name}: ${code.length} bytes, ${loaded - before} variables while loaded, ${(seconds * 50).toFixed(2)} ms to load and let go`);
    });
  }

  it("gives back what help and status loaded: twenty times, no growth, and no module stays", async () => {
    const one = await boot(imageRecords());
    await one.evaluate("device.help()");
    await one.evaluate("device.status()");
    const before = await used(one);
    for (let i = 0; i < 10; i++) {
      assert.ok((await one.evaluate("device.help()")).length > 5);
      assert.equal((await one.evaluate("device.status()")).time, "not set");
    }
    assert.ok(one.output.includes("device.put(path, key?, options?)") && one.output.includes("TLS trust"));
    await failure(one, 'device.help("nothing")');
    assert.deepEqual((await cached(one)).filter((name) => Object.keys(imageRecords()).includes(name)), []);
    await one.evaluate("device.why()");
    await failure(one, 'device.help("nothing")');
    const after = await used(one);
    // why() and help("nothing") keep one failure, the last.
    assert.ok(after <= before + 45, `${before} before, ${after} after`);
    await failure(one, 'device.help("nothing")');
    assert.equal(await used(one), after);
  });

  it("says so when a module is not in flash; what is resident works", async () => {
    const one = await boot({ ".bootcde": imageRecords()[".bootcde"]! });
    const failed = await failure(one, "device.help()");
    assert.deepEqual([failed.code, failed.message], ["storage", "The module info is not in flash"]);
    assert.match(failed.hint, /dist\/install\.js/);
    assert.equal(await one.evaluate("device.why()").then((why) => why.code), "storage");
    assert.deepEqual(await one.evaluate('device.configure({s3:{bucket:"my-logs",region:"eu-central-1"}})'), ["s3"]);
  });

  it("does not run a module of another build or one that is damaged", async () => {
    const image = imageRecords();
    const info = image["info"]!.toString("latin1");
    for (const text of [info.replace(/(exports\.build=")\w+/, "$100000000"), info.replace("{", "(("), info + "throw 1;", "module.exports=undefined;"]) {
      const one = await boot({ ...image, info: text });
      for (let i = 0; i < 2; i++) {
        const failed = await failure(one, "device.status()");
        assert.equal(failed.code, "storage");
        assert.equal(failed.message, "The module info in flash is damaged or of another build");
      }
      assert.ok(!(await cached(one)).includes("info"));
    }
  });

  it("has no modules as a script, and says so", async () => {
    const script = imageRecords()[".bootcde"]!.toString("latin1") + '\ndevice.help().then(print,function(e){print("code "+e.code);});\n';
    const one = new Interpreter({ script, environment: { ESPRUINO_VARS: "16383" } });
    running.push(one);
    assert.equal((await one.waitFor(/code (\S+)\n/))[1], "storage");
  });
});
