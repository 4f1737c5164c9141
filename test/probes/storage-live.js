// Storage: what read() gave, and what is cut out of it, is null when the record is erased or written anew
// only: the real interpreter (a string cannot change in V8; the gate refuses to rely on it)
var s = require("Storage");
s.eraseAll();
function show(what, text) { print(what, JSON.stringify(text)); }
var long = "0123456789abcdefghijklmnopqrstuvwxyz-the-record-is-longer-than-a-variable";
s.write("a", long);
var whole = s.read("a"), part = whole.substr(5, 30), few = whole.slice(5, 8), middle = whole.substring(3, 20), pieces = whole.split("-");
var one = whole[7], joined = whole + "!", copy = (" " + whole).substr(1), parsed = JSON.parse('["' + whole + '"]')[0];
s.write("other", "x");
show("another record written: whole", whole);
s.erase("a");
show("erased: whole", whole); show("part", part); show("few", few); show("middle", middle); show("pieces", pieces);
show("one", one); show("joined", joined); show("copy", copy); show("parsed", parsed);
s.write("b", long);
var b = s.read("b"), cut = b.substr(5, 30);
print(s.write("b", long));
show("the same written again: whole", b);
s.write("b", "another text, of another length");
show("written anew: whole", b); show("cut", cut); show("read again", s.read("b"));
s.write("c", '{"name":"a value that is rather long"}');
var json = s.readJSON("c"), value = JSON.parse(s.read("c"));
s.erase("c");
show("JSON", json.name); show("parsed", value.name);
try { print(whole.length); } catch (e) { print("length", e.message); }
quit();
