#!/usr/bin/env node
// The command line, run by plain Node.js from a clone: tsx reads the TypeScript beside it and in src/, which the image is made of, too.
import { register } from "tsx/esm/api";

register();
const { main } = await import("./cli.ts");
process.exitCode = await main(process.argv.slice(2));
