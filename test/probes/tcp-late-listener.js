// without a listener read() has at most 512 bytes, and a late listener gets what was kept as an event
var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp });
s.write("SEND 300");
setTimeout(function() {
  print(s.available(), s.read(100).length, s.available());
  s.on("data", function(d) { print("data", d.length); setTimeout(function() { s.end(); }, 1); });
  print("listening", s.available());
}, 60);
