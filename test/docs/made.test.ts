// What is made from the code is committed as the code gives it, and nothing is missing in it.
import assert from "node:assert/strict";
import { checkSettings } from "../../src/device/settings/check";
import { helpLines } from "../../src/device/help";
import { commandModules, deviceFunctions, putOptions } from "../../tools/docs/commands";
import { everythingTold, packedRows } from "../../tools/docs/hints";
import { madeFiles } from "../../tools/docs/main";
import { settingLines } from "../../tools/docs/settings";
import { imageModules } from "./code";
import { read } from "./pages";

const codes = [...read("src/platform/failure.ts").match(/export type FailureCode =([^;]+);/)![1]!.matchAll(/"([a-z0-9-]+)"/g)].map((match) => match[1]!);

describe("documents made from the code", function () {
  this.timeout(30_000);

  it("are what npm run docs writes", async () => {
    for (const [name, text] of Object.entries(await madeFiles())) assert.equal(read(`docs/${name}`), text, `docs/${name} is old: npm run docs`);
  });

  it("docs/commands.md has an entry for every function of the device, with its options", () => {
    const page = read("docs/commands.md");
    for (const path of deviceFunctions()) assert.match(page, new RegExp(`^device\\.${path.replace(".", "\\.")}\\(`, "m"), path);
    for (const name of new Set(deviceFunctions().map((path) => path.split(".")[0]!))) assert.ok(page.includes(`\n## device.${name}\n`), name);
    for (const { name } of putOptions()) assert.ok(page.includes(`| \`${name}\` |`), name);
    for (const name of ["list", "get", "aliases", "publish", "subscribe"]) assert.match(page.split(`## device.${name}\n`)[1]!.split("## ")[0]!, /^Options: `/m, name);
    assert.deepEqual(deviceFunctions().map((path) => path.split(".")[0]!).filter((name) => !(helpLines(name) instanceof Array)), []);
  });

  it("every module that a command is said to be in is one of the image", () => {
    const modules = commandModules();
    assert.equal(modules["get"], undefined);
    assert.equal(modules["shadow"], "ishadow");
    for (const module of Object.values(modules)) assert.ok(imageModules().includes(module), module);
  });

  it("every hint of the sources is found and stands in docs/troubleshooting.md", () => {
    const told = everythingTold();
    const page = read("docs/troubleshooting.md").replace(/\\\|/g, "|").replace(/&lt;/g, "<");
    assert.ok(told.length > 130, `only ${told.length}`);
    for (const { hint, file } of told) assert.ok(page.includes(hint), `${file}: ${hint}`);
    // Some of each kind: a literal, a choice, a table, a wrapper's argument, one that is put on later.
    for (const hint of ["Close or rotate the file first.", "Is this a TLS port (443)? Is the board short of memory? Try again.", "No common cipher or TLS version, or the device's certificate is refused.", "Without TLS whoever listens could use it.", "Ask for a new URL.", "Choose another iot.clientId: AWS IoT takes 1 to 128 bytes."]) {
      assert.ok(told.some((one) => one.hint === hint), hint);
    }
    assert.ok(page.includes("| `NoSuchUpload` | The upload is complete, aborted or expired. | device.head(key) tells; not there: put it again. |"));
  });

  it("a packed table is read row by row", () => {
    assert.deepEqual(packedRows(",a,b,|cause $x:other$|go|,c,|$y$ it|do|,go,|Go on.|"), [
      { names: ["a", "b"], cause: "cause other", next: "Go on." }, { names: ["c"], cause: "… it", next: "do" },
    ]);
  });

  it("every failure code has a symptom and its messages in docs/troubleshooting.md", () => {
    const [symptoms, messages] = read("docs/troubleshooting.md").split("## Every message") as [string, string];
    for (const code of codes) {
      assert.ok(symptoms.includes(`\`${code}\``), `${code} has no symptom`);
      // What S3 refuses is told by its own codes.
      assert.ok(messages.includes(`### \`${code}\`\n`) || code === "kms", `${code} has no message`);
    }
  });

  for (const words of ["SignatureDoesNotMatch", "out of memory", "-30848", "handshake", "CONNACK 5", "403 on port 443", "AccessDenied", "RequestTimeTooSkewed", "mbedtls_ssl_setup", "-0x7780", "-0x2700", "device\" is not defined", "File path too long", "SNI", "captive portal", "PermanentRedirect"]) {
    it(`who searches for ${words} finds it`, () => assert.ok(read("docs/troubleshooting.md").split("## Every message")[0]!.includes(words)));
  }
});

describe("settings in firmware/", () => {
  const example = JSON.parse(read("firmware/settings.example.json")), minimal = JSON.parse(read("firmware/settings.minimal.json"));
  const at = (settings: any, path: string) => path.split(".").reduce((value, name) => value?.[name], settings);

  for (const [name, settings] of [["settings.example.json", example], ["settings.minimal.json", minimal]] as const) {
    it(`${name} has nothing that the board refuses`, () => assert.deepEqual(checkSettings(settings), []));
  }
  it("settings.example.json has every setting there is, and docs/settings.md too", () => {
    const page = read("docs/settings.md");
    for (const { path, kind } of settingLines()) {
      assert.notEqual(at(example, path), undefined, path);
      assert.ok(page.includes(kind ? `| \`${path}\` |` : `## ${path}\n`), path);
    }
  });
  it("what is left out of settings.minimal.json is not needed, and s3.prefix is the thing's folder", () => {
    for (const section of ["wifi", "card", "s3", "credentials", "iot"]) assert.ok(minimal[section], section);
    assert.equal(minimal.s3.prefix, minimal.iot.thingName + "/");
  });
});
