// UDP: an unknown host does not throw, and neither does sending to nobody
var s = require("dgram").createSocket("udp4");
s.on("error", function(e) { print("error", e); });
try { s.send("x", 9, "no-such-host.invalid"); print("sent"); } catch (e) { print(e.message); }
setTimeout(function() { s.close(); print("closed"); }, 50);
