// Regular expressions: ? is a character like any other, + may match nothing at the end of the text, | begins anew
var T = [
  ["^[0-9]+i?$", ["12", "12i", "12i?", "i"]], ["ab?c", ["ac", "abc", "ab?c"]], ["^-?[0-9]+$", ["12", "-12", "-?12"]], ["^a?$", ["", "a", "a?"]],
  ["x[0-9]?", ["x", "x1", "x1?"]], ["^.+$", ["", "a"]], ["^[^x]+$", ["", "a", "x"]], ["^\\S+$", ["", " "]], ["^x.+$", ["x", "xy"]],
  ["^a+ab$", ["ab", "aab", "b"]], ["^[a-z0-9][a-z0-9.-]+[a-z0-9]$", ["a", "ab", "abc"]], ["^[0-9]+$", ["", "7", "7a"]],
  ["^ab*$", ["a", "abb", "b"]], ["^a*$", ["", "aa", "b"]], ["a{2}", ["aa", "a{2}"]], ["[a-a]", ["a"]], ["[.]", ["a", "."]], ["[a-]", ["-", "b"]],
  ["^(a+)-(b*)$", ["aa-bb", "a-", "-"]], ["x(a|b)y", ["xay", "xby", "by"]], ["^a|b$", ["ac", "cb", "c"]], ["\\d\\D\\s\\w", ["1a a", "1a  "]],
  ["\\x41\\.\\/", ["A./", "Ab/"]], ["[\\d.]+$", ["a1.2", "a"]], ["(ab)+", ["ab", "abab"]], ["b", ["abc", ""]], ["\\n$", ["a\n", "a"]]
];
for (var i = 0; i < T.length; i++) for (var k = 0; k < T[i][1].length; k++) {
  var m = new RegExp(T[i][0]).exec(T[i][1][k]);
  print(T[i][0], JSON.stringify(T[i][1][k]), m ? JSON.stringify(m) + " at " + m.index : "no");
}
print(/ABC/i.test("xabcx"), /[A-C]+/i.exec("xabcx")[0], "a1b22c".replace(/[0-9]+/g, "#"), "a1b22c".replace(/[0-9]+/, "#"), "a1b2".replace(/([a-z])([0-9])/g, "$2$1"));
print(JSON.stringify("a1b22c".match(/[0-9]+/g)), JSON.stringify("a-b".match(/(.)-(.)/)), JSON.stringify("a, b,c".split(/, */)));
var g = /[0-9]/g;
print(g.exec("1a2")[0], g.lastIndex, g.exec("1a2")[0], g.lastIndex, g.exec("1a2"), g.lastIndex);
quit();
