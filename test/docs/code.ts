// What the sources have, read for the tests of this folder.
import { readdirSync } from "node:fs";
import ts from "typescript";
import { read, ROOT } from "./pages";

const sources = (folder: string): string[] =>
  readdirSync(`${ROOT}${folder}`, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? sources(`${folder}/${entry.name}`) : entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts") ? [`${folder}/${entry.name}`] : []));

/** The names of the image's modules. */
export const imageModules = (): string[] => readdirSync(`${ROOT}src/modules`).map((file) => file.replace(/\.ts$/, ""));

/** The folders of src, one deep. */
export const sourceFolders = (): string[] => readdirSync(`${ROOT}src`, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

/**
 * The names of records in flash that the firmware touches, or how they begin: texts that reach flash.read, write, erase or list, or a
 * function that keeps a journal, as literals or through constants.
 */
export function flashRecords(): string[] {
  const constants = new Map<string, Set<string>>();
  const parsed = sources("src").map((file) => ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2020, true));
  const walk = (node: ts.Node, visit: (node: ts.Node) => void): void => {
    visit(node);
    ts.forEachChild(node, (child) => walk(child, visit));
  };
  for (const source of parsed) {
    walk(source, (node) => {
      if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer || !ts.isStringLiteral(node.initializer)) return;
      // A constant that is exported is known everywhere, another one in its file.
      const scope = ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export ? "" : source.fileName;
      constants.set(`${scope} ${node.name.text}`, new Set([node.initializer.text]));
    });
  }
  const records = new Set<string>();
  for (const source of parsed) {
    const take = (node: ts.Node | undefined): void => {
      if (!node) return;
      if (ts.isStringLiteral(node)) records.add(node.text);
      else if (ts.isIdentifier(node)) for (const text of constants.get(`${source.fileName} ${node.text}`) ?? constants.get(` ${node.text}`) ?? []) records.add(text);
      else if (ts.isBinaryExpression(node)) take(node.left);
      else if (ts.isParenthesizedExpression(node)) take(node.expression);
      else if (ts.isArrayLiteralExpression(node)) node.elements.forEach(take);
    };
    walk(source, (node) => {
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && /(^|\.)(flash|storage)$/.test(node.expression.expression.getText(source)) && /^(read|write|erase|list)$/.test(node.expression.name.text)) take(node.arguments[0]);
      if (ts.isCallExpression(node) && /Journals?$/.test(node.expression.getText(source))) take(node.arguments[1]);
      // for (const name of ["cert.der", "key.der"]) ... flash.read(name)
      if (ts.isForOfStatement(node) && /flash\.read/.test(node.statement.getText(source))) take(node.expression);
      // Names that are put together elsewhere: const name = PREFIX + ..., { name: PREFIX + ... }
      if ((ts.isReturnStatement(node) && node.expression && ts.isBinaryExpression(node.expression) && /PREFIX|UPLOADS/.test(node.expression.left.getText(source)))) take(node.expression.left);
    });
  }
  return [...records].sort();
}
