// a UDP socket with recvBufferSize raises the chunk of every socket, and it only grows
var d = require("dgram").createSocket({ type: "udp4", recvBufferSize: 2048 });
require("dgram").createSocket({ type: "udp4", recvBufferSize: 1024 });
var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp }), longest = 0, total = 0;
s.write("SEND 8000");
s.on("data", function(x) { total += x.length; if (x.length > longest) longest = x.length; if (total == 8000) { print(longest <= 2048, longest > 1024, total); setTimeout(quit, 1); } });
