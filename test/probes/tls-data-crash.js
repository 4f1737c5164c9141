// TLS: a network call in a 'data' listener crashes the interpreter when another TLS socket is open
var tls = require("tls"), sockets = [];
function open() {
  var s = tls.connect({ host: "127.0.0.1", port: PORTS.tls });
  s.on("data", function(d) { s.write(d); });
  sockets.push(s);
}
open(); open();
setTimeout(function() { sockets.forEach(function(s) { s.write("ping"); }); }, 500);
setTimeout(function() { print("survived"); quit(); }, 3000);
