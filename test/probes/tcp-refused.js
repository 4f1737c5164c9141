// connect throws at once for a port where nobody listens and for an unknown host
["net", "tls"].forEach(function(m) {
  try { require(m).connect({ host: "127.0.0.1", port: 1 }); } catch (e) { print(m, e.type, e.message); }
  try { require(m).connect({ host: "no-such-host.invalid", port: 80 }); } catch (e) { print(m, e.type, e.message); }
});
print(require("net").connect(5), require("net").connect({ port: 1 }, "callback"));
