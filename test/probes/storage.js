// Storage: names are cut at 28 characters, a file of no bytes cannot be, missing files are undefined
var s = require("Storage");
s.eraseAll();
function t(f) { try { print(f()); } catch (e) { print(e.type, e.message); } }
t(function() { return s.write("a", "one"); });
t(function() { return s.read("a"); });
t(function() { return s.read("none"); });
t(function() { return s.write("empty", ""); });
var long = "a-name-of-twenty-eight-chars";
s.write(long + "1", "first"); s.write(long + "2", "second");
print(s.read(long), s.read(long + "3"), JSON.stringify(s.list().sort()), JSON.stringify(s.list(/^a$/)));
t(function() { return s.write("p", "Hello", 0, 8); });
print(JSON.stringify(s.read("p")));
t(function() { return s.write("p", " X", 5); });
t(function() { return s.write("p", "YY", 6); });
t(function() { return s.write("p", "ABC", 6); });
t(function() { return s.write("none", "x", 5); });
print(JSON.stringify(s.read("p")), s.read("p", 1, 3), s.read("p", 6), JSON.stringify(s.read("p", 99)));
print(s.writeJSON("j", { a: [1] }), s.readJSON("j").a[0], s.write("o", { b: 2 }), s.read("o"), s.write("u", new Uint8Array([65, 66])), s.read("u"));
s.write("bad", "{not json");
t(function() { return s.readJSON("bad"); });
print(s.readJSON("bad", true), s.readJSON("none"), s.readJSON("none", true), s.readArrayBuffer("a").byteLength);
s.erase("a"); print(s.read("a"), typeof s.getFree(), s.erase("none"));
