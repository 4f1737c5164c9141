// UDP: a datagram that cannot be sent leaves the queue misaligned: what waits behind it is lost
var s = require("dgram").createSocket("udp4"), t = require("dgram").createSocket("udp4");
s.on("message", function(m) { print("same socket", m); });
t.on("message", function(m) { print("new socket", m); });
s.send("lost", 0, "127.0.0.1");
s.send("behind it", PORTS.udp, "127.0.0.1");
t.send("first", PORTS.udp, "127.0.0.1");
setTimeout(function() { print("end"); quit(); }, 150);
