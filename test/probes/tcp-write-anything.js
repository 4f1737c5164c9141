// write makes text of anything: a typed array becomes its numbers with commas
var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp }), all = "";
s.on("data", function(d) { all += d; if (all.length >= 31) { print(JSON.stringify(all)); setTimeout(function() { s.end(); }, 1); } });
s.write(new Uint8Array([65, 66])); s.write(12); s.write([1, "a"]); s.write({}); s.write(undefined); s.write(null); s.write("\x00\xff");
