// UDP: packets stay apart, the callback of createSocket comes with the first answer's pass
var s = require("dgram").createSocket("udp4", function() { print("connect"); });
s.on("message", function(m, from) {
  print("message", JSON.stringify(m), from.address, from.port == PORTS.udp, from.size);
  if (m == "last") { s.close(); }
});
s.on("close", function(e) { print("close", e); try { s.send("x", PORTS.udp, "127.0.0.1"); } catch (e) { print(e.type, e.message); } });
s.send("\x00\xff" + "a", PORTS.udp, "127.0.0.1");
s.send("0123456789", 2, 3, PORTS.udp, "127.0.0.1");
s.send("last", PORTS.udp, "127.0.0.1");
