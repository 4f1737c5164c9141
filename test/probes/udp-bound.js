// UDP: a bound socket says 'close' twice
var s = require("dgram").createSocket("udp4"), port = 20000 + Math.floor(Math.random() * 20000);
s.on("close", function(e) { print("close", e); });
s.on("message", function(m, from) { print("message", m); s.close(); });
s.bind(port, function(x) { print("bound", x === s); s.send("to myself", port, "127.0.0.1"); });
