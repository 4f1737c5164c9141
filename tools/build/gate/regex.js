// Which regular expression features Espruino answers wrongly (mostly without any error), found by reading the pattern once.

/** What the pattern contains that the interpreter gets wrong. @param {string} pattern @param {string} flags @returns {string[]} */
export function badRegex(pattern, flags) {
  const found = new Set();
  const wrongFlags = flags.replace(/[gi]/g, "");
  if (wrongFlags) found.add(`flag ${wrongFlags}`);
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at], rest = pattern.slice(at);
    if (char === "\\") {
      const escaped = pattern[at + 1] ?? "";
      if (!inClass && /[bB]/.test(escaped)) found.add(`\\${escaped} (word boundary)`);
      if (!inClass && /[1-9k]/.test(escaped)) found.add("back-reference");
      if (/[upPc]/.test(escaped)) found.add(`\\${escaped} escape`);
      at++;
    } else if (inClass) {
      if (char === "]") inClass = false;
    } else if (char === "[") {
      inClass = true;
      // "[^]" and "[]" end at once in JavaScript.
      if (rest.startsWith("[^]")) at += 2, inClass = false; else if (rest.startsWith("[]")) at += 1, inClass = false;
    } else if (/^\(\?/.test(rest)) {
      found.add(rest.startsWith("(?:") ? "(?: ) group" : /^\(\?<?[=!]/.test(rest) ? "look-around" : "named group");
      at++;
    } else if (/^\{\d+(,\d*)?\}/.test(rest)) {
      found.add("{n,m} repetition");
    } else if (/^[*+?]\?/.test(rest)) {
      found.add("lazy quantifier");
      at++;
    } else if (char === "?") {
      // Measured on 2v29: /^[0-9]+i?$/ never matches, /ab?c/ matches "ab?c".
      found.add("? (a character like any other there)");
    }
    // Measured on 2v29: /(ab)+/.test("ab") is false, /x(ab)?y/.test("xy") is false.
    if (char === ")" && !inClass && /^[*+?{]/.test(rest.slice(1))) found.add("repeated group");
  }
  return [...found];
}
