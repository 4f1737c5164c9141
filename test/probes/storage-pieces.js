// Storage: a record written in pieces takes them only where it is erased, and begins anew at offset 0
var s = require("Storage");
function t(f) { try { print(f()); } catch (e) { print(e.toString()); } }
print(s.write("p", "abcd", 0, 16), s.read("p").length, JSON.stringify(s.read("p")));
print(s.write("p", "efgh", 8, 16), JSON.stringify(s.read("p")), s.read("p", 8, 4));
t(function() { return s.write("p", "xx", 9, 16); });
t(function() { return s.write("p", "efgh", 8, 16); });
t(function() { return s.write("p", "zz", 15, 16); });
t(function() { return s.write("none", "zz", 4, 16); });
print(s.write("p", "\xff\xffi", 12, 16), JSON.stringify(s.read("p", 12, 4)), s.write("p", "j", 12, 16));
print(s.write("p", "new", 0, 16), JSON.stringify(s.read("p")));
print(s.read("p", undefined, 3), s.write("q", "plain", undefined, undefined), s.read("q"));
