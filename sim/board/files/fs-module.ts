// require("fs") and the File objects of E.openFile. Everything is synchronous; the names without Sync are the same functions.
import fs from "node:fs";
import type { Loop } from "../loop";
import type { Dictionary, Realm } from "../realm";
import { OpenFile } from "./open-file";
import type { Volume } from "./volume";

export interface FileSystem { readonly module: object; openFile(path: unknown, mode?: unknown): object | undefined }

/** Builds the module and E.openFile. There is no rename, exists, truncate or fsync. */
export function buildFileSystem(realm: Realm, loop: Loop, volume: Volume): FileSystem {
  const files = new WeakMap<object, OpenFile>();
  const prototype = realm.nativeClass("File", {
    read(this: object, n: number) { return files.get(this)?.read(n); },
    write(this: object, data: unknown) { return files.get(this)?.write(data) ?? 0; },
    seek(this: object, position: number) { files.get(this)?.seek(position); },
    skip(this: object, n: number) { files.get(this)?.skip(n); },
    close(this: object) { files.get(this)?.close(); },
    pipe(this: object, destination: PipeTarget, options?: PipeOptions) { pipe(loop, files.get(this), destination, options ?? {}); },
  });

  function openFile(path: unknown, mode?: unknown): object | undefined {
    const file = OpenFile.open(volume, path, mode);
    if (!file) return undefined;
    const object = realm.create(prototype);
    files.set(object, file);
    return object;
  }

  function whole(path: unknown): string | undefined {
    const file = OpenFile.open(volume, path, "r");
    const bytes = file?.read(2 ** 31 - 1);
    file?.close();
    return bytes;
  }

  function put(path: unknown, data: unknown, mode: string): boolean {
    if (data === undefined) return false;
    const file = OpenFile.open(volume, path, mode);
    try {
      return (file?.write(data) ?? 0) > 0;
    } finally {
      file?.close();
    }
  }

  function readdir(path?: unknown): unknown[] | undefined {
    volume.mount();
    const directory = volume.resolve(path);
    const there = fs.existsSync(directory) && fs.statSync(directory).isDirectory();
    if (volume.profile === "linux") {
      if (!there) return undefined;
      return realm.array([".", "..", ...fs.readdirSync(directory).map((entry) => volume.name(entry))]);
    }
    return volume.attempt("Unable to list files", () => {
      if (!there) throw Object.assign(new Error(), { code: "ENOTDIR" });
      // FatFs of this build (_FS_RPATH 2) gives the dots that every directory but the root has on the card
      const dots = directory === volume.card?.directory ? [] : [".", ".."];
      return realm.array([...dots, ...fs.readdirSync(directory).map((entry) => volume.name(entry))]);
    });
  }

  function stat(path: unknown): object | undefined {
    const place = volume.resolve(path);
    if (!volume.healthy || !fs.existsSync(place)) return undefined;
    const found = fs.statSync(place);
    const BoardDate = realm.global["Date"] as new (milliseconds: number) => Date;
    return realm.object({ size: found.isDirectory() && volume.profile === "esp32" ? 0 : found.size, dir: found.isDirectory(), mtime: new BoardDate(Math.floor(found.mtimeMs / 1000) * 1000) });
  }

  function unlink(path: unknown): boolean {
    const place = volume.resolve(path);
    volume.attempt("Unable to delete file", () => (fs.statSync(place).isDirectory() ? fs.rmdirSync(place) : fs.unlinkSync(place)));
    return true;
  }

  function mkdir(path: unknown): boolean {
    const place = volume.resolve(path);
    volume.attempt("Unable to create the directory", () => fs.mkdirSync(place));
    return true;
  }

  const members: Dictionary = {
    readdir, readdirSync: readdir, readFile: whole, readFileSync: whole,
    writeFile: (path: unknown, data: unknown) => put(path, data, "w"), writeFileSync: (path: unknown, data: unknown) => put(path, data, "w"),
    appendFile: (path: unknown, data: unknown) => put(path, data, "a"), appendFileSync: (path: unknown, data: unknown) => put(path, data, "a"),
    unlink, unlinkSync: unlink, statSync: stat, mkdir, mkdirSync: mkdir,
    pipe: (source: object, destination: PipeTarget, options?: PipeOptions) => pipe(loop, files.get(source), destination, options ?? {}),
  };
  if (volume.profile === "esp32") {
    members["getFree"] = () => {
      const card = volume.mount();
      const sectors = Number.isFinite(card.size) ? Math.floor(card.size / 512) : 15_523_840;
      return realm.object({ freeSectors: Math.max(sectors - Math.ceil(card.used() / 512), 0), totalSectors: sectors, sectorSize: 512, clusterSize: 64 });
    };
  }
  const module = realm.object();
  realm.define(module, members);
  return { module, openFile };
}

interface PipeTarget { write(data: string): unknown; end?(): void; close?(): void; on?(event: string, listener: () => void): void }

interface PipeOptions { readonly chunkSize?: number; readonly end?: boolean; readonly complete?: (target: unknown) => void }

/** Feeds a file into a stream: a piece on every pass that follows a 'drain'. */
function pipe(loop: Loop, file: OpenFile | undefined, target: PipeTarget, options: PipeOptions): void {
  const step = (): void => {
    const bytes = file?.read(options.chunkSize ?? 32);
    if (bytes !== undefined) {
      // write() says false when 'drain' must be waited for
      if (target.write(bytes) !== false) loop.queue(() => loop.timers.add(step, 0, false, []), undefined, []);
      return;
    }
    file?.close();
    if (options.end !== false) (target.end ?? target.close)?.call(target);
    if (options.complete) loop.queue(options.complete, undefined, [target]);
  };
  target.on?.("drain", step);
  step();
}
