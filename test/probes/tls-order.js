// TLS: 'connect' and the first 'drain' come before the handshake; a silent peer is waited for without end
var s = require("tls").connect({ host: "127.0.0.1", port: PORTS.silent });
["connect", "drain", "end", "close"].forEach(function(n) { s.on(n, function(e) { print(n, n == "close" ? e : ""); }); });
setTimeout(function() { print("nothing more"); print(s.write("kept")); s.removeAllListeners(); quit(); }, 300);
