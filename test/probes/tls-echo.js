// TLS: a 'drain' after a write, or data, is the proof of the handshake
var s = require("tls").connect({ host: "127.0.0.1", port: PORTS.tls }, function() { print("connect"); s.write("ping \x00\xff"); });
s.on("data", function(d) { print("data", JSON.stringify(d)); setTimeout(function() { s.end(); }, 1); });
s.on("error", function(e) { print("error", JSON.stringify(e)); });
s.on("end", function() { print("end"); });
s.on("close", function(e) { print("close", e, typeof ssl); });
