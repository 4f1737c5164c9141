// TLS: a failed handshake is end and close(false), and an uncaught InternalError
process.on("uncaughtException", function(e) { print("uncaught", e.type, e.message); });
var s = require("tls").connect({ host: "127.0.0.1", port: PORTS.ec });
["data", "error", "end", "close"].forEach(function(n) { s.on(n, function(e) { print(n, n == "error" ? JSON.stringify(e) : n == "close" ? e : ""); }); });
