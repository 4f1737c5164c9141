// TLS: end() during the handshake closes at once, without an error
var s = require("tls").connect({ host: "127.0.0.1", port: PORTS.silent });
["connect", "error", "end", "close"].forEach(function(n) { s.on(n, function(e) { print(n, n == "close" ? e : ""); }); });
setTimeout(function() { s.end(); }, 20);
