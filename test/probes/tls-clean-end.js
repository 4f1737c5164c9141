// TLS: a clean end of the peer is error -30848 and close(true), after all data
var s = require("tls").connect({ host: "127.0.0.1", port: PORTS.tls }), n = 0;
s.write("END 3000");
s.on("data", function(d) { n += d.length; });
s.on("error", function(e) { print("error", JSON.stringify(e), n); });
s.on("end", function() { print("end"); });
s.on("close", function(e) { print("close", e); });
