// A rollup plugin that keeps the house in order: who may import whom in src/, and that only the adapter touches the host (design: ports).
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, join, relative } from "node:path";
import { parse } from "acorn";
import ts from "typescript";
import { resolve } from "./gate/scopes.js";
import { language } from "./language.js";

/** The folders of src/, each with what its modules may import besides their own folder (version is a file). "types" after the name: `import type` only. */
export const mayImport = {
  platform: ["bytes types", "flow types"],
  bytes: ["platform types"],
  flow: ["bytes", "platform types"],
  sntp: ["flow", "bytes", "platform types"],
  http: ["flow", "bytes", "platform types"],
  sigv4: ["flow", "bytes", "platform types"],
  mqtt: ["flow", "bytes", "platform types"],
  s3: ["http", "sigv4", "flow", "bytes", "platform types"],
  kms: ["http", "sigv4", "flow", "bytes", "platform types"],
  verify: ["sigv4", "flow", "bytes", "platform types"],
  iot: ["mqtt", "http", "sigv4", "flow", "bytes", "platform types"],
  logs: ["flow", "bytes", "platform types"],
  device: ["logs", "sntp", "http", "sigv4", "verify", "s3", "kms", "mqtt", "iot", "flow", "bytes", "platform types", "version", "modules types"],
  modules: ["device", "logs", "sntp", "http", "sigv4", "verify", "s3", "kms", "mqtt", "iot", "flow", "bytes", "platform types", "version"],
  espruino: ["bytes", "flow", "platform types"],
};

/** What a protocol shows to the other protocols; types may come from anywhere in its folder. sigv4 is absent: it is pure rules, all of it may be used. */
export const entries = { sntp: ["client"], http: ["client", "exchange", "request"], s3: ["client"], kms: ["client"], mqtt: ["ask", "client", "connect", "session", "subscriptions", "tell", "topics"], iot: ["client"] };

/**
 * What a module of src/ does that its place does not allow.
 * @param {string} file its path below src/, with slashes @param {string} text its TypeScript
 * @returns {{line: number, message: string}[]}
 */
export function breaches(file, text) {
  const folder = file.includes("/") ? file.slice(0, file.indexOf("/")) : "";
  const found = folder === "" ? [] : imports(file, text).flatMap((one) => {
    const message = refused(folder, one);
    return message ? [{ line: one.line, message }] : [];
  });
  if (file.endsWith(".d.ts") || folder === "espruino" || file === "main.ts") return found;
  return [...found, ...hostGlobals(text)].sort((one, other) => one.line - other.line);
}

/** @typedef {{to: string, folder: string, types: boolean, line: number}} Import
 *   to: path below src/ without extension, or a package's name; folder: its first part, the file itself right under src/ */

/** What a module imports. @param {string} file its path below src/ @param {string} text @returns {Import[]} */
export function imports(file, text) {
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  return parsed.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    if (!statement.moduleSpecifier || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const from = statement.moduleSpecifier.text;
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : statement;
    const named = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
    const everyType = named && (ts.isNamedImports(named) || ts.isNamedExports(named)) && named.elements.length > 0 && named.elements.every((one) => one.isTypeOnly);
    const alone = !ts.isImportDeclaration(statement) || !statement.importClause?.name;
    const types = Boolean(clause?.isTypeOnly || (everyType && alone));
    const to = from.startsWith(".") ? join(dirname(file), from).replaceAll("\\", "/").replace(/\.(ts|js)$/, "") : from;
    const folder = !from.startsWith(".") ? "(package)" : to.startsWith("../") ? "(outside)" : to.replace(/\/.*/, "");
    return [{ to, folder, types, line: parsed.getLineAndCharacterOfPosition(statement.getStart(parsed)).line + 1 }];
  });
}

/** @param {string} folder the importing module's @param {Import} one @returns {string | undefined} why it is refused */
function refused(folder, one) {
  if (one.folder === folder) return undefined;
  const allowed = /** @type {Record<string, string[]>} */ (mayImport)[folder];
  if (!allowed) return `the folder src/${folder} has no row in tools/build/ports.js`;
  const row = allowed.find((entry) => entry.split(" ")[0] === one.folder);
  if (!row) return `${folder} may not import ${one.to}; it may import: ${allowed.join(", ") || "nothing"}`;
  if (row.endsWith(" types") && !one.types) return `${folder} may only import types from ${one.folder}`;
  const shown = /** @type {Record<string, string[]>} */ (entries)[one.folder];
  const inside = one.to.slice(one.folder.length + 1);
  if (folder !== "device" && folder !== "modules" && shown && !one.types && !shown.includes(inside)) return `${folder} sees of ${one.folder} only ${shown.join(", ")}, not ${inside}`;
  return undefined;
}

/** @param {string} text @returns {{line: number, message: string}[]} */
function hostGlobals(text) {
  // Types are stripped one file at a time, so this needs no project and sees what would run.
  const stripped = ts.transpileModule(text, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, sourceMap: true } });
  const map = new SourceMap(JSON.parse(stripped.sourceMapText ?? "{}"));
  const program = parse(stripped.outputText, { ecmaVersion: "latest", sourceType: "module", locations: true });
  const names = resolve(program);
  const found = [];
  for (const [id, use] of names.uses) {
    if (use.binding) continue;
    const here = stripped.outputText.slice(Math.max(0, id.start - 5), id.start + 40);
    const random = id.name === "Math" && /\bMath\s*(\.\s*random\b|\[)/.test(here);
    // A date made from a number or a text is arithmetic; one made from nothing reads the clock.
    const pure = /\bnew\s+Date\s*\((?!\s*\))|\bDate\s*\.\s*parse\b/.test(here) && id.name === "Date";
    if (((language.has(id.name) && id.name !== "Date") || pure) && !random) continue;
    const entry = /** @type {any} */ (map.findEntry(id.loc.start.line - 1, id.loc.start.column));
    found.push({ line: entry.originalLine + 1, message: `reads the host's ${random ? "Math.random" : id.name}; it must be handed in (src/platform)` });
  }
  return found;
}

/** The plugin, for `plugins`. @param {string} [root] the folder whose modules it judges */
export function ports(root = "src") {
  return {
    name: "espruino-ports",
    /** @this {import("rollup").PluginContext} @param {import("rollup").ModuleInfo} module */
    moduleParsed({ id }) {
      const path = id.replace(/\?.*$/, ""), file = relative(root, path).replaceAll("\\", "/");
      if (file.startsWith("..") || !file.endsWith(".ts")) return;
      const found = breaches(file, readFileSync(path, "utf8"));
      if (found.length > 0) this.error(found.map(({ line, message }) => `${relative(process.cwd(), path).replaceAll("\\", "/")}:${line}: ${message}`).join("\n"));
    },
  };
}
