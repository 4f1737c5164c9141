// TLS: the same call from a timer of no time is safe
var tls = require("tls"), sockets = [], n = 0;
function open() {
  var s = tls.connect({ host: "127.0.0.1", port: PORTS.tls });
  s.on("data", function(d) { n++; if (n > 40) { print("survived"); clearTimeout(); quit(); n = -1e9; return; } setTimeout(function() { s.write(d); }, 0); });
  sockets.push(s);
}
open(); open();
setTimeout(function() { sockets.forEach(function(s) { s.write("ping"); }); }, 500);
