// UDP: a datagram longer than the chunk without its header is cut at 528 bytes
var s = require("dgram").createSocket("udp4");
s.on("message", function(m, from) { print(m.length, from.size); s.close(); });
s.send("SEND 700", PORTS.udp, "127.0.0.1");
