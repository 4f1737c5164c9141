// data comes in pieces of at most 536 bytes
var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp }), longest = 0, total = 0;
s.write("SEND 5000");
s.on("data", function(d) { total += d.length; if (d.length > longest) longest = d.length; if (total == 5000) { print(longest, total); setTimeout(function() { s.end(); }, 1); } });
