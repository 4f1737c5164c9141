// files: what is missing throws when opened, and is undefined when asked for
var fs = require("fs");
function t(f) { try { print(f()); } catch (e) { print(e.toString()); } }
t(function() { return E.openFile("none", "r"); });
t(function() { return fs.readFileSync("none"); });
t(function() { return fs.unlinkSync("none"); });
fs.writeFileSync("file", "x");
t(function() { return fs.mkdirSync("file"); });
t(function() { return E.openFile(); });
t(function() { return E.openFile("none/file", "w"); });
print(fs.statSync("none"), fs.readdirSync("none"), fs.mkdirSync("d"), fs.statSync("file").size, fs.statSync("d").dir, fs.unlinkSync("d"));
print(typeof fs.renameSync, typeof fs.existsSync, typeof fs.stat, typeof fs.rmdirSync, typeof fs.readFile);
t(function() { return E.connectSDCard(SPI1, D5); });
