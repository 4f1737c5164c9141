// the end of TCP is 'end' and close(false), and a reset is the same
function go(command, next) {
  var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp }), n = 0;
  s.write(command);
  s.on("data", function(d) { n += d.length; });
  s.on("error", function(e) { print("error", e.code, e.message); });
  s.on("end", function() { print("end"); });
  s.on("close", function(e) { print(command, n, "close", e); if (next) next(); });
}
go("END 2000", function() { go("CUT", function() { go("RESET"); }); });
