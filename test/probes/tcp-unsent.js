// a peer that goes away with data still to be sent makes error -8
var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp }), piece = E.toString(new Uint8Array(2000));
s.write("CUT");
s.on("drain", function() { s.write(piece); });
s.on("data", function() {});
s.on("error", function(e) { print("error", e.code, e.message); });
s.on("end", function() { print("end"); });
s.on("close", function(e) { print("close", e); });
