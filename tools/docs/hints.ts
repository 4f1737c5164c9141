// Every message and hint that the sources in src/ can give, read from their syntax, and S3's codes with cause and next step.
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { lossFailure } from "../../src/mqtt/reasons";
import { lineTexts } from "../../src/s3/explain/lineTexts";
import { refusalTexts } from "../../src/s3/explain/refusalTexts";

export interface Told {
  /** "" where a hint is put on a failure that had another one. */
  code: string;
  message: string;
  hint: string;
  file: string;
}

/** What is not known before it runs. */
const OPEN = "…";
const SRC = new URL("../../src/", import.meta.url);
/** More ways than that to fill in a text: the parts that vary are left open. */
const MOST = 12;

type Known = Map<string, string[]>;

/** The texts that an expression can have. */
function texts(node: ts.Node | undefined, known: Known): string[] {
  if (!node) return [OPEN];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isNumericLiteral(node)) return [node.text];
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node)) return texts(node.expression, known);
  if (ts.isIdentifier(node)) return known.get(node.text) ?? [OPEN];
  if (ts.isConditionalExpression(node)) return unique([...texts(node.whenTrue, known), ...texts(node.whenFalse, known)]);
  if (ts.isElementAccessExpression(node)) return texts(node.expression, known);
  if (ts.isObjectLiteralExpression(node)) return node.properties.flatMap((one) => (ts.isPropertyAssignment(one) ? texts(one.initializer, known) : []));
  if (ts.isBinaryExpression(node)) {
    const sides = [texts(node.left, known), texts(node.right, known)] as const;
    if (node.operatorToken.kind === ts.SyntaxKind.BarBarToken) return unique(sides[0].length && !sides[0].includes(OPEN) && !ts.isElementAccessExpression(node.left) ? sides[0] : [...sides[0], ...sides[1]].filter((text) => text !== OPEN || sides[1].includes(OPEN)));
    if (node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken) return sides[1];
    if (node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return [OPEN];
    const joined = sides[0].flatMap((left) => sides[1].map((right) => left + right));
    return joined.length > MOST ? [OPEN] : unique(joined.map((text) => text.replace(/…(:?…)+/g, OPEN)));
  }
  return [OPEN];
}

const unique = (list: string[]) => [...new Set(list)];

/** Constants of a file or a function that hold texts. */
function constants(root: ts.Node, known: Known): Known {
  const found: Known = new Map(known);
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer && !found.has(node.name.text)) {
      const value = texts(node.initializer, found);
      if (value.some((text) => text !== OPEN)) found.set(node.name.text, value);
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

/** The function that a node stands in, with its name. */
function around(node: ts.Node): { name: string; parameters: readonly ts.ParameterDeclaration[] } | undefined {
  for (let up: ts.Node | undefined = node.parent; up; up = up.parent) {
    if (ts.isFunctionDeclaration(up) && up.name) return { name: up.name.text, parameters: up.parameters };
  }
  return undefined;
}

const walk = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
};

/** What the values of a function's parameters are at each of its calls in the file; one empty set if there are none to follow. */
function callSites(source: ts.SourceFile, inside: ReturnType<typeof around>, used: ts.NodeArray<ts.Expression>, known: Known): Known[] {
  const names = new Set<string>();
  for (const one of used) walk(one, (node) => void (ts.isIdentifier(node) && names.add(node.text)));
  const wanted = inside?.parameters.filter((one) => ts.isIdentifier(one.name) && names.has(one.name.text)) ?? [];
  if (!inside || !wanted.length) return [known];
  const sites: Known[] = [];
  walk(source, (node) => {
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== inside.name) return;
    const site: Known = new Map(known);
    for (const one of wanted) {
      const argument = node.arguments[inside.parameters.indexOf(one)];
      // Left out: "" for what has another text beside it.
      site.set((one.name as ts.Identifier).text, argument ? texts(argument, known) : []);
    }
    sites.push(site);
  });
  // Called from other files, or handed on: what its types say.
  const typed: Known = new Map(known);
  for (const one of wanted) {
    const literals = one.type && ts.isUnionTypeNode(one.type) ? one.type.types.flatMap((type) => (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : [])) : [];
    if (literals.length) typed.set((one.name as ts.Identifier).text, literals);
  }
  return sites.length ? sites : [typed];
}

/** What one file tells. */
function toldBy(file: string, source: ts.SourceFile): Told[] {
  const known = constants(source, new Map());
  const told: Told[] = [];
  walk(source, (node) => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "failure" && node.arguments.length > 2) {
      for (const site of callSites(source, around(node), node.arguments, known)) {
        const [codes, messages, hints] = [0, 1, 2].map((place) => texts(node.arguments[place], site)) as [string[], string[], string[]];
        for (const code of codes) for (const hint of hints) told.push({ code, message: messages.length > 3 ? OPEN : messages.join(" / "), hint, file });
      }
    }
    // Functions that choose a hint, and hints that are put on a failure.
    if (ts.isReturnStatement(node) && node.expression && /Hint$/.test(around(node)?.name ?? "")) {
      for (const hint of texts(node.expression, known)) told.push({ code: "", message: "", hint, file });
    }
    if (ts.isBinaryExpression(node) && ts.isPropertyAccessExpression(node.left) && node.left.name.text === "hint" && /=$/.test(node.operatorToken.getText(source))) {
      for (const hint of texts(node.right, known)) told.push({ code: "", message: "", hint, file });
    }
  });
  return told;
}

/** A text without what is open at its ends; "" if nothing is left that tells anything. */
function meaningful(text: string): boolean {
  return text.replace(/[…\s.:;,]/g, "").length > 2;
}

/** Everything that src/ tells, each once. */
export function everythingTold(): Told[] {
  const files = (readdirSync(SRC, { recursive: true, encoding: "utf8" }) as string[]).map((file) => file.replace(/\\/g, "/")).filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts")).sort();
  const told = files.flatMap((file) => toldBy(file, ts.createSourceFile(file, readFileSync(new URL(file, SRC), "utf8"), ts.ScriptTarget.ES2020, true)));
  for (const code of [1, 2, 3, 4, 5, 6]) {
    const { code: name, message, hint } = lossFailure({ loss: "refused", about: code }, "…");
    told.push({ code: name, message, hint, file: "mqtt/reasons.ts" });
  }
  const seen = new Set<string>();
  return told.filter(({ code, message, hint }) => meaningful(hint) && !seen.has(`${code}|${message}|${hint}`) && !!seen.add(`${code}|${message}|${hint}`));
}

/** Rows of a packed table (src/s3/explain/texts.ts): names, cause, next step. */
export function packedRows(table: string): { names: string[]; cause: string; next: string }[] {
  const fields = table.split("|");
  const rows: { names: string[]; cause: string; next: string }[] = [];
  const phrases = new Map<string, string>();
  for (let i = 0; i < fields.length - 1; ) {
    const names = fields[i]!.split(",").filter(Boolean);
    // A row of a phrase has one field: what follows it begins with a comma again, or nothing follows.
    const single = fields[i + 2] === undefined || fields[i + 2] === "" || fields[i + 2]!.startsWith(",");
    if (single) {
      for (const name of names) phrases.set(name, fields[i + 1]!);
      i += 2;
    } else {
      rows.push({ names, cause: fields[i + 1]!, next: fields[i + 2]! });
      i += 3;
    }
  }
  const filled = (text: string) => text.replace(/\$(\w+):?([^$]*)\$/g, (_all, _name, otherwise: string) => otherwise || OPEN);
  return rows.map(({ names, cause, next }) => ({ names, cause: filled(cause), next: filled(phrases.get(next) ?? next) }));
}

const cell = (text: string) => text.replace(/\|/g, "\\|").replace(/</g, "&lt;");

/** Where a message stands among the sources says nothing. */
const byText = (one: Told, other: Told) => (one.message + one.hint < other.message + other.hint ? -1 : 1);

/** The part of docs/troubleshooting.md that is made: all messages by code, then S3's codes. */
export function hintsPart(): string {
  const all = everythingTold();
  const codes = unique(all.map(({ code }) => code).filter((code) => code && code !== OPEN)).sort();
  const table = (rows: Told[]) => ["| the board says | and what to do |", "|---|---|", ...rows.map(({ message, hint }) => `| ${cell(message)} | ${cell(hint)} |`)];
  const lines: string[] = ["`…` stands for what differs: names, numbers, the host's own words.", ""];
  for (const code of codes) lines.push(`### \`${code}\``, "", ...table(all.filter((one) => one.code === code).sort(byText)), "");
  lines.push("### Hints after a refusal", "", "Next steps that stand under a refusal of S3, KMS or AWS IoT.", "");
  for (const { hint } of all.filter((one, index) => (one.code === "" || one.code === OPEN) && all.findIndex(({ hint }) => hint === one.hint) === index).sort(byText)) lines.push(`- ${cell(hint.trim())}`);
  const rows = (table: string) => packedRows(table).map(({ names, cause, next }) => `| ${names.map((name) => `\`${name}\``).join(" ")} | ${cell(cause)} | ${cell(next)} |`);
  lines.push("", "### S3's codes", "", "Code or HTTP status, or a word of our own where several are told apart.", "", "| code | cause | next |", "|---|---|---|", ...rows(refusalTexts()));
  lines.push("", "### What differs in a signature", "", "What `device.why()` says after SignatureDoesNotMatch, by the line that differs.", "", "| line | cause | next |", "|---|---|---|", ...rows(lineTexts()), "");
  return lines.join("\n");
}
