// espruino-aws manifest: what a board needs to believe a file (docs/updates.md). Written against the format alone: it shares no code with the
// board, which checks it.
import { createHash, createHmac, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError } from "commander";
import { type Output, Unreadable } from "./cli";
import { crc32 } from "./build/crc32.js";

const BLOCK = 8192, PAGE = 126, LARGEST = 100 * PAGE * BLOCK;
/** The name of an image in its manifest. */
const IMAGE = "espruino-aws";

const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");

/** The manifest of `bytes`. */
export function makeManifest(bytes: Buffer, key: Buffer, name: string, version: number): string {
  if (key.length !== 32) throw new Unreadable("The key has not 32 bytes");
  if (!/^[\x20-\x7e]{1,200}$/.test(name)) throw new Unreadable("The name is not 1 to 200 plain characters");
  if (bytes.length > LARGEST) throw new Unreadable(`${bytes.length} bytes are more than a board reads in one manifest (${LARGEST})`);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK) lines.push(sha256(bytes.subarray(at, at + BLOCK)) + "\n");
  const pages: string[] = [];
  for (let at = 0; at < lines.length; at += PAGE) pages.push(lines.slice(at, at + PAGE).join(""));
  const header = [
    "espruino-aws manifest 1", `name ${name}`, `version ${version}`, `size ${bytes.length}`, `block ${BLOCK}`, ...pages.map((page) => `page ${sha256(page)}`), "",
  ].join("\n");
  return `${header}hmac ${createHmac("sha256", key).update(header).digest("hex")}\n${pages.join("")}`;
}

/** The whole image in one file: a head with names, lengths and CRC-32s, then the bytes in that order. The boot code comes last. */
export function makeBundle(dist: string, version: number): Buffer {
  const read = (file: string) => {
    try {
      return readFileSync(join(dist, file));
    } catch (error) {
      throw new Unreadable(`${join(dist, file)} cannot be read (npm run build makes it): ${(error as Error).message}`);
    }
  };
  const entries = JSON.parse(read("image.json").toString()) as { name: string; file: string; length: number; crc32: number }[];
  const files = entries.map((entry) => ({ ...entry, bytes: read(entry.file) }));
  for (const { name, file, length, crc32: sum, bytes } of files) {
    if (bytes.length !== length || crc32(bytes.toString("latin1")) !== sum) throw new Unreadable(`${file} is not what image.json says: build again`);
    if (name !== ".bootcde" && !/^[A-Za-z][A-Za-z0-9]{0,7}$/.test(name)) throw new Unreadable(`An update cannot bring the record ${name}`);
  }
  if (files.at(-1)?.name !== ".bootcde") throw new Unreadable("image.json does not end with the boot code");
  const build = /exports\.build="(\w{8})"/.exec(files[0]!.bytes.toString("latin1"))?.[1] ?? "unknown";
  const head = ["espruino-aws image 1", `version ${version}`, `build ${build}`, `files ${files.length}`,
    ...files.map((one) => `${one.name} ${one.length} ${one.crc32.toString(16).padStart(8, "0")}`), ""].join("\n");
  return Buffer.concat([Buffer.from(head, "latin1"), ...files.map((one) => one.bytes)]);
}

/** A key file: 32 raw bytes, or 64 hex digits. */
export function readKey(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Unreadable(`${path} cannot be read: ${(error as Error).message}`, "espruino-aws manifest --key FILE --new-key makes one.");
  }
  if (bytes.length === 32) return bytes;
  const text = bytes.toString("latin1").trim();
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, "hex");
  throw new Unreadable(`${path} is no key: 32 bytes, or 64 hex digits (--new-key makes one)`);
}

interface Options {
  key: string;
  name?: string;
  version?: number;
  output?: string;
  image?: boolean;
  newKey?: boolean;
  dist: string;
}

function write(path: string, bytes: Buffer | string, options: object, output: Output): void {
  try {
    writeFileSync(path, bytes, options);
  } catch (error) {
    throw new Unreadable(`${path} cannot be written: ${(error as Error).message}`);
  }
  output.line(`${path}: ${bytes.length} bytes`);
}

function manifest(file: string | undefined, options: Options, command: Command, output: Output): void {
  // A key that is there is never written over: boards hold it.
  if (options.newKey) write(options.key, randomBytes(32).toString("hex") + "\n", { flag: "wx", mode: 0o600 }, output);
  if (file === undefined && !options.image) {
    if (options.newKey) return;
    command.error("error: which file? (or --image for the image in dist/)");
  }
  if (file !== undefined && options.image) command.error("error: --image takes no file; -o says where the bundle goes");
  if (options.version === undefined) command.error("error: --version is missing: a number that grows with each release");
  const key = readKey(options.key);
  if (options.image) {
    const bundle = makeBundle(options.dist, options.version!), path = options.output ?? "image.upd";
    write(path, bundle, {}, output);
    write(`${path}.manifest`, makeManifest(bundle, key, IMAGE, options.version!), {}, output);
    return;
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(file!);
  } catch (error) {
    throw new Unreadable(`${file} cannot be read: ${(error as Error).message}`);
  }
  write(options.output ?? `${file}.manifest`, makeManifest(bytes, key, options.name ?? basename(file!), options.version!), {}, output);
}

function whole(text: string): number {
  const value = Number(text);
  if (!/^[1-9][0-9]*$/.test(text) || value > 2147483647) throw new InvalidArgumentError("a whole number from 1 to 2147483647");
  return value;
}

export function addManifest(program: Command, output: Output): void {
  program
    .command("manifest")
    .description("signs a file, or the image in dist/, for boards that hold the key: SHA-256 of each block, name, version, HMAC")
    .argument("[file]", "the file that will be uploaded")
    .requiredOption("--key <file>", "the key: 32 bytes, or 64 hex digits; the board has it in the record verify.key")
    .option("--new-key", "makes that key file first; refuses if it is there")
    .option("--name <name>", "what the object is called at the end of its key; the file's name by default")
    .option("--version <number>", "grows with each release; a board takes no older one", whole)
    .option("--image", "bundles the image in dist/ for device.update and signs the bundle")
    .option("--dist <folder>", "where the built image is", join(dirname(fileURLToPath(import.meta.url)), "..", "dist"))
    .option("-o, --output <file>", "where it is written; FILE.manifest by default, image.upd and image.upd.manifest with --image")
    .action((file: string | undefined, options: Options, command: Command) => manifest(file, options, command, output));
}
