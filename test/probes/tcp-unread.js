// data that nobody reads is kept without limit, the socket stays open until it is read, and a flag is raised
var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp });
s.write("END 3000");
s.on("end", function() { print("end"); });
s.on("close", function(e) { print("close", e); });
E.on("errorFlag", function(f) { print("flag", JSON.stringify(f)); });
setTimeout(function() { print(s.available(), s.read().length, s.available()); }, 100);
setTimeout(function() { var n = 0; s.on("data", function(d) { n += d.length; }); setTimeout(function() { print("then", n); quit(); }, 50); }, 150);
