// Joins the parts of the image. The top level of the firmware are globals of the board, so a module calls the firmware's functions by their
// global names: nothing is there twice. A module's own names are local to it, and its exports become properties of `exports`.
import { parse } from "acorn";

/** Where the firmware's source wants the build's mark; as long as a mark, so that the source map still fits. */
export const MARK = "@build@@";

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const brief = (/** @type {number} */ n) => (n < 62 ? letters[n] : letters[Math.floor(n / 62) - 1] + letters[n % 62]);

/** @typedef {{names: Map<string, string>, mark: string}} Firmware  names: exported name to global name; mark: changes with every build */

/**
 * Renames every top-level name of a script to `prefix` and one or two characters.
 * @param {any} program Babel's path of it @param {string} prefix @param {(name: string) => boolean} [which]
 */
function shorten(program, prefix, which = () => true) {
  program.scope.crawl();
  let index = 0;
  for (const name of Object.keys(program.scope.bindings)) if (which(name)) program.scope.rename(name, prefix + brief(index++));
}

/**
 * Property names that only the image itself uses: neither settings nor results nor anything of the interpreter. In the image that is
 * flashed they are two characters long, which saves flash, and variables wherever such an object exists.
 */
const INTERNAL = (
  "silenceSeconds payloadHash deviceCertificate hostHeader expectContinue longestPath transmitted unsigned timers cancel stride " +
  "canonicalRequest stringToSign signedHeaders rootDistance originate busyWith lastFailure transfer ticks crc32 files flash amzDate " +
  "moved finish abandon restart interim received reason fraction mount tidy persist isSet sha256 answered release signature scope " +
  "sha256Hex pump success began evidence record generation begun platform access boundSession isClean " +
  "isUp isOver isLeaving farewellSaid isPumping isReading lossReason pulse hasSent hasHeard askId " +
  "askedFor longMessage longAt pending written syncAt unconfirmed foreign clock refresh modules " +
  "exclusive tellLink rouse phase waiters handedAt reach ready fault console settings tokens inner outer reference after action " +
  "awaitedCode awaitedFor beatSeconds unanswered sendings writtenMessage commandTeller knownTopic topicBytes unsaid lineTimer tellKeeper dueBytes " +
  "isAsking isPinged isMissed publication compose turn later quick through longestWhole restBytes nowMessage heldBytes messagePiece keepSeconds listener stage timer lastTopic awaited " +
  "isProven isEnding helloDrained hasMoved silentLooks errorCode deadline nextPiece isDirect silence peer heard shut watchSilence proven drained " +
  "outgoing incoming nextId twoSlots since sending failing suspect sentId sentName closers"
).split(" ");

const shortNames = new Map(INTERNAL.map((name, n) => [name, `_${brief(n)}`]));

/** A Babel plugin that shortens internal property names, the same way in the firmware and in its modules. */
export function shortProperties() {
  const shorter = (/** @type {any} */ node, /** @type {any} */ key) =>
    !node.computed && key.type === "Identifier" && shortNames.has(key.name) ? { ...key, name: shortNames.get(key.name) } : key;
  return {
    visitor: {
      Program: {
        exit(/** @type {any} */ program) {
          program.traverse({
            MemberExpression({ node }) { node.property = shorter(node, node.property); },
            ObjectProperty({ node }) {
              const key = shorter(node, node.key);
              if (key !== node.key) Object.assign(node, { key, shorthand: false });
            },
            ObjectMethod({ node }) { node.key = shorter(node, node.key); },
            ClassMethod({ node }) { node.key = shorter(node, node.key); },
          });
        },
      },
    },
  };
}

/**
 * A Babel plugin for the firmware, with `short` names: the image's top level is the global scope of the REPL, where a user's `for (i = 0; ...)`
 * must not overwrite a function of ours. Names of up to four characters cost no extra variable on the board.
 */
export function shortGlobals(/** @type {{types: any}} */ { types }) {
  return {
    visitor: {
      Program: {
        exit(/** @type {any} */ path) {
          arrowGlobals(path, types);
          shorten(path, "$");
        },
      },
    },
  };
}

/**
 * Writes top-level functions as arrows: the same to the interpreter, which hoists neither, and a third of the words in flash
 * once the minifier has joined them.
 * @param {any} program Babel's path of it @param {any} types
 */
function arrowGlobals(program, types) {
  for (const one of program.get("body")) {
    const exported = one.isExportNamedDeclaration() ? one.get("declaration") : one;
    if (!exported.isFunctionDeclaration() || exported.node.async || exported.node.generator) continue;
    let own = false;
    exported.traverse({
      /** @param {any} path */
      ThisExpression: () => { own = true; },
      /** @param {any} path */
      Identifier: (path) => { own = own || path.node.name === "arguments"; },
    });
    if (own) continue;
    const { id, params, body } = exported.node;
    exported.replaceWith(types.variableDeclaration("var", [types.variableDeclarator(id, types.arrowFunctionExpression(params, body))]));
  }
}

/** Functions of the firmware that run once, while it starts. */
const STARTUP = ["createContext", "createDevice", "createHash", "createRunner", "createSeldom", "hasModule", "publish", "seedRandom"];

/** A Babel plugin for the firmware: what ran while it started is let go in the end, five variables or more for each function. */
export function forgetStartup(/** @type {{template: any}} */ { template }) {
  return {
    visitor: {
      Program: {
        exit(/** @type {any} */ path) {
          path.scope.crawl();
          const names = STARTUP.filter((name) => path.scope.hasOwnBinding(name));
          for (const name of names) {
            if (path.get("body").some((/** @type {any} */ one) => one.isExportNamedDeclaration() && one.get("specifiers").some((/** @type {any} */ each) => each.node.local.name === name))) {
              throw path.buildCodeFrameError(`a module uses ${name}, which is let go when the firmware has started`);
            }
          }
          if (!names.length) return;
          const statement = template.statement.ast(`${names.join(" = ")} = undefined;`);
          const exported = path.get("body").find((/** @type {any} */ one) => one.isExportNamedDeclaration());
          if (exported) exported.insertBefore(statement);
          else path.pushContainer("body", statement);
        },
      },
    },
  };
}

/**
 * A Babel plugin for a module.
 * @param {{types: any, template: any}} babel @param {{firmware: Firmware, short: boolean}} options
 */
export function linkModule({ types, template }, { firmware, short }) {
  return {
    visitor: {
      Program: {
        exit(/** @type {any} */ path) {
          path.scope.crawl();
          const globals = importGlobals(path);
          exportProperties(path);
          if (short) shorten(path, "$$", (name) => !globals.has(name));
          path.unshiftContainer("body", template.statement.ast(`exports.build = "${firmware.mark}";`));
        },
      },
    },
  };

  /** The firmware's global for a name it exports. */
  function globalOf(/** @type {any} */ path, /** @type {any} */ imported) {
    const name = imported?.name ?? imported?.value;
    const found = firmware.names.get(name);
    if (found === undefined) throw path.buildCodeFrameError(`the firmware has no ${name ?? "namespace object"}; import functions by name`);
    return found;
  }

  /** Puts the firmware's global names in the place of imports. */
  function importGlobals(/** @type {any} */ program) {
    const statements = program.get("body").filter((/** @type {any} */ one) => one.isImportDeclaration());
    const wanted = new Map();
    for (const specifier of statements.flatMap((/** @type {any} */ one) => one.get("specifiers"))) {
      const passing = program.scope.generateUid("import");
      wanted.set(passing, globalOf(specifier, specifier.node.imported));
      program.scope.rename(specifier.node.local.name, passing);
    }
    const globals = new Set(wanted.values());
    // A name of the module's own that is also such a global gives way.
    const giveWay = (/** @type {any} */ scope) => { for (const name of globals) if (scope.hasOwnBinding(name)) scope.rename(name); };
    giveWay(program.scope);
    program.traverse({ Scope: (/** @type {any} */ inner) => giveWay(inner.scope) });
    for (const [passing, name] of wanted) program.scope.rename(passing, name);
    for (const statement of statements) statement.remove();
    program.scope.crawl();
    return globals;
  }

  function exportProperties(/** @type {any} */ program) {
    for (const statement of program.get("body")) {
      if (!statement.isExportNamedDeclaration()) continue;
      const assignments = statement.get("specifiers").map((/** @type {any} */ one) => {
        const { local, exported } = one.node, name = exported.name ?? exported.value;
        if (name === "build") throw one.buildCodeFrameError("a module cannot export the name build: it holds the mark of the build");
        // Whoever asks for it by a text would not find it.
        if (short && shortNames.has(name)) throw one.buildCodeFrameError(`${name} is among the names that are made short (INTERNAL in link.js): a module cannot export it`);
        const source = statement.node.source ? globalOf(one, local) : local.name;
        const binding = program.scope.getBinding(source);
        if (binding && !binding.constant) throw one.buildCodeFrameError(`${name} changes: export a function that answers it`);
        return types.expressionStatement(types.assignmentExpression("=", types.memberExpression(types.identifier("exports"), types.identifier(name)), types.identifier(source)));
      });
      statement.replaceWithMultiple(assignments);
    }
  }
}

/** The export list at the end of a script in module form: exported name to the script's name, and where it begins. @param {string} code */
export function exportList(code) {
  /** @type {Map<string, string>} */
  const names = new Map();
  const body = /** @type {any[]} */ (parse(code, { ecmaVersion: "latest", sourceType: "module" }).body);
  const at = body.findIndex((one) => one.type === "ExportNamedDeclaration");
  if (at < 0) return { names, at: code.length };
  if (at < body.length - 1 || body[at].source || body[at].declaration) throw new Error("the firmware's exports are not one list at its end");
  for (const { local, exported } of body[at].specifiers) names.set(exported.name ?? exported.value, local.name);
  return { names, at: body[at].start };
}

/** A rollup output plugin, after the minifier: the firmware becomes a script. Its export list has kept the minifier from dropping what modules use. */
export function script() {
  return {
    name: "espruino-script",
    /** @param {string} code */
    renderChunk: (code) => ({ code: code.slice(0, exportList(code).at).trimEnd() + "\n", map: null }),
  };
}
