// a 'data' listener that throws stays, and gets the next data
process.on("uncaughtException", function(e) { print("uncaught", e); });
var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp }), n = 0;
s.on("data", function(d) { n++; if (n == 1) { setTimeout(function() { s.write("second"); }, 1); throw "thrown"; } print(d); setTimeout(function() { s.end(); }, 1); });
s.write("first");
