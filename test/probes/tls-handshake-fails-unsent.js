// TLS: a failed handshake with data to send is error -8 and close(true), and an uncaught InternalError
process.on("uncaughtException", function(e) { print("uncaught", e.type, e.message); });
var s = require("tls").connect({ host: "127.0.0.1", port: PORTS.ec });
s.write("never sent");
["drain", "data", "error", "end", "close"].forEach(function(n) { s.on(n, function(e) { print(n, n == "error" ? JSON.stringify(e) : n == "close" ? e : ""); }); });
