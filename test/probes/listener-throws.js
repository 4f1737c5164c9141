// a listener that throws stops nothing; of two exceptions in one pass the last is reported
process.on("uncaughtException", function(e) { print("uncaught", e); });
var o = {};
o.on("a", function() { print("one"); throw 1; });
o.on("a", function() { print("two"); throw 2; });
o.on("a", function() { print("three"); });
o.emit("a");
setTimeout(function() { o.emit("a"); }, 100);
