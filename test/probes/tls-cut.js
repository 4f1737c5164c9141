// TLS: a peer that drops TCP without the end of TLS is end and close(false)
var s = require("tls").connect({ host: "127.0.0.1", port: PORTS.tls }), n = 0;
s.write("CUT");
s.on("data", function(d) { n += d.length; });
s.on("error", function(e) { print("error", JSON.stringify(e)); });
s.on("end", function() { print("end"); });
s.on("close", function(e) { print("close", e, n); });
