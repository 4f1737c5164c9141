// TLS: with cert and key the server sees who the client is; without the key nothing is sent
process.on("uncaughtException", function(e) { print("uncaught", e.type, e.message.substr(0, 30)); });
var cert = atob(CERTIFICATES.client), key = atob(CERTIFICATES.clientKey);
function go(options, next) {
  options.host = "127.0.0.1"; options.port = PORTS.mutual;
  var s = require("tls").connect(options);
  s.write("who am I?");
  s.on("data", function(d) { print("data", d); setTimeout(function() { s.end(); }, 1); });
  s.on("error", function(e) { print("error", e.code); });
  s.on("close", function(e) { print("close", e); if (next) setTimeout(next, 10); });
}
go({ cert: cert, key: key }, function() { go({ cert: cert }); });
