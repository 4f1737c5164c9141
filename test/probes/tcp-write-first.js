// data written before 'connect' is sent, and 'drain' comes before 'connect'
var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp }), all = "";
["connect", "drain", "end"].forEach(function(n) { s.on(n, function() { print(n); }); });
s.on("data", function(d) { all += d; });
s.on("close", function(e) { print("close", e); });
s.write("one"); s.write("two");
setTimeout(function() { print(all); s.end("bye"); }, 60);
