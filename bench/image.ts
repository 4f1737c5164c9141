// Bytes of the minified boot code by folder of src/ (every byte belongs to the source that the map names for it) and of each module.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decode } from "@jridgewell/sourcemap-codec";
import { atMost, number, type Section } from "./table";

const MOST_IDLE_BYTES = 40 * 1024;

function dist(name: string): string {
  return readFileSync(fileURLToPath(new URL("../dist/" + name, import.meta.url)), "latin1");
}

/** "src/s3/put.ts" is of the folder s3; what lies in src/ itself stands for itself. */
function folder(source: string): string {
  const [, path = source] = /(?:^|\/)src\/(.*)$/.exec(source) ?? [];
  const slash = path.indexOf("/");
  return slash < 0 ? path : path.slice(0, slash) + "/";
}

/** Bytes by folder, the most first. "(no source)" is what the build adds. */
function bytesByFolder(code: string, map: { sources: string[]; mappings: string }): Map<string, number> {
  const bytes = new Map<string, number>();
  const lines = code.split("\n");
  decode(map.mappings).forEach((segments, index) => {
    const length = (lines[index]?.length ?? 0) + (index < lines.length - 1 ? 1 : 0);
    const starts = [[0] as [number], ...segments];
    starts.forEach((segment, at) => {
      const count = (starts[at + 1]?.[0] ?? length) - segment[0];
      const name = segment.length === 1 ? "(no source)" : folder(map.sources[segment[1]!]!);
      if (count > 0) bytes.set(name, (bytes.get(name) ?? 0) + count);
    });
  });
  return new Map([...bytes].sort((a, b) => b[1] - a[1]));
}

/** The size of the image and what it is made of. */
export function imageSection(): Section {
  const code = dist("firmware.min.js");
  const folders = bytesByFolder(code, JSON.parse(dist("firmware.min.js.map")));
  const modules = (JSON.parse(dist("image.json")) as { name: string; length: number }[]).filter((one) => one.name !== ".bootcde").sort((a, b) => b.length - a.length);
  return {
    title: "Image: dist/firmware.min.js by folder of src/, and the modules",
    rows: [
      atMost("boot code, minified", code.length, MOST_IDLE_BYTES, " B"),
      ...[...folders].map(([name, count]) => ({ what: `  ${name}`, value: `${number(count)} B` })),
      { what: "all modules, minified: in flash, loaded for one call each", value: `${number(modules.reduce((sum, one) => sum + one.length, 0))} B` },
      ...modules.map(({ name, length }) => ({ what: `  ${name}`, value: `${number(length)} B` })),
    ],
  };
}
