// Puts short top-level constants in the place of their names: on the board every name of the top level takes variables for ever, and looking
// one up among hundreds takes time. (terser's reduce_vars would do it and is off: it moves code across declarations.)

/** A text this short takes no more flash than a name. */
const SHORT = 6;

/** @param {any} value */
const isShort = (value) => typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value.length <= SHORT);

/** A Babel plugin for any part of the image. @param {{types: any}} babel */
export function inlineConstants({ types }) {
  return {
    visitor: {
      Program: {
        enter(/** @type {any} */ program) {
          program.scope.crawl();
          for (const binding of /** @type {any[]} */ (Object.values(program.scope.bindings))) {
            const path = binding.path;
            if (!binding.constant || !path.isVariableDeclarator() || !path.get("id").isIdentifier() || !path.node.init) continue;
            const { confident, value } = path.get("init").evaluate();
            if (!confident || !isShort(value)) continue;
            const uses = binding.referencePaths.filter((/** @type {any} */ use) => use.isIdentifier() && use.key !== "exported" && !use.parentPath.isExportSpecifier());
            for (const use of uses) {
              if (use.parentPath.isObjectProperty({ shorthand: true })) use.parent.shorthand = false;
              use.replaceWith(types.valueToNode(value));
            }
            // What a module needs by its name stays.
            if (uses.length === binding.referencePaths.length) path.remove();
          }
          program.scope.crawl();
        },
      },
    },
  };
}
