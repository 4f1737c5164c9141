// A small image in a directory of its own, built by the plugins and options of rollup.config.js.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import typescript from "@rollup/plugin-typescript";
import { rollup } from "rollup";
import type { OutputOptions } from "rollup";
import config from "../../rollup.config.js";
import { ports } from "../../tools/build/ports.js";
import { split } from "../../tools/build/split.js";

export class Sample {
  readonly root = mkdtempSync(join(tmpdir(), "sample-"));

  write(files: Record<string, string>): void {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      writeFileSync(join(this.root, file), text);
    }
  }

  /** Builds src/main.ts and src/modules, with a type stripper that needs no other settings. */
  async build(minified: boolean): Promise<void> {
    const { root } = this;
    const options = { target: "ES2022", module: "ESNext", moduleResolution: "bundler", lib: ["ES2022"], types: [], useDefineForClassFields: false, noEmit: false };
    this.write({ "tsconfig.json": JSON.stringify({ compilerOptions: { ...options, outDir: "dist" }, include: ["src/**/*.ts"] }) });
    const bundle = await rollup({
      input: join(root, "src/main.ts"),
      plugins: [split(join(root, "src")), typescript({ tsconfig: join(root, "tsconfig.json"), outDir: join(root, "dist"), filterRoot: root }), ports(join(root, "src"))],
      onwarn: () => undefined,
    });
    try {
      await bundle.write({ ...(config.output[minified ? 1 : 0] as OutputOptions), dir: join(root, "dist") });
    } finally {
      await bundle.close();
    }
  }

  /** What belongs into Storage, by name. */
  records(minified: boolean): Map<string, string> {
    const end = minified ? ".min.js" : ".js";
    const files = readdirSync(join(this.root, "dist")).filter((file) => file.endsWith(end) && !file.startsWith("install.") && (minified || !file.endsWith(".min.js")));
    return new Map(files.map((file) => [file.startsWith("firmware.") ? ".bootcde" : basename(file, end), readFileSync(join(this.root, "dist", file), "latin1")]));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
