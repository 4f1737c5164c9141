// files: a directory is a list of names, dots and directories among them, in no order; what is none is undefined
var fs = require("fs");
function t(f) { try { print(f()); } catch (e) { print(e.toString()); } }
fs.mkdirSync("d");
print(fs.readdirSync("d").sort().join());
fs.mkdirSync("d/sub");
fs.writeFileSync("d/b.log", "x");
fs.writeFileSync("d/A.LOG", "");
var names = fs.readdirSync("d");
print(names instanceof Array, typeof names[0], names.sort().join());
print(fs.readdirSync("d/").sort().join(), fs.readdirSync("d/sub").sort().join());
print(fs.readdirSync("d/b.log"), fs.readdirSync("none"), typeof fs.readdirSync(), typeof fs.readdirSync(""));
print(fs.statSync("d/sub").dir, fs.statSync("d/b.log").dir, fs.statSync("d/none"));
t(function() { return fs.unlinkSync("d"); });
print(fs.readdirSync("d").length, fs.unlinkSync("d/sub"), fs.readdirSync("d").length);
// the last one goes first, and gives its memory back
names = fs.readdirSync("d"); names.sort();
print(names.pop(), names.pop(), names.length);
