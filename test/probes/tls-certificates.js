// TLS: certificates are DER in a string or a Uint8Array; PEM text is refused, and a wrong root is not
var der = atob(CERTIFICATES.client), key = atob(CERTIFICATES.clientKey), open = 0;
function t(name, options) {
  options.host = "127.0.0.1"; options.port = PORTS.tls;
  try { var s = require("tls").connect(options); open++; s.on("data", function(d) { print(name, d); setTimeout(function() { s.end(); }, 1); }); s.write("works"); } catch (e) { print(name, e.type, e.message); }
}
t("ca as text", { ca: CERTIFICATES.pem });
t("cert as text", { cert: CERTIFICATES.pem });
t("key as garbage", { key: der });
t("ca cut short", { ca: der.substr(0, 200) });
t("ca in a missing file", { ca: "missing.pem" });
setTimeout(function() { t("wrong ca", { ca: der }); }, 50);
setTimeout(function() { t("ca in a Uint8Array", { ca: E.toUint8Array(der) }); }, 400);
setTimeout(function() { t("ca from a function", { ca: function() { return der; } }); }, 800);
setTimeout(quit, 1500);
