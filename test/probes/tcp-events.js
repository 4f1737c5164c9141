// a TCP connection: connect, drain, data, end, close - and write always gives false
var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp });
s.on("connect", function(x) { print("connect", x === s); print(s.write("hello")); print("written"); });
s.on("drain", function() { print("drain"); });
s.on("data", function(d) { print("data", d); s.removeAllListeners("drain"); setTimeout(function() { s.end(); s.end(); try { s.write("x"); } catch (e) { print(e.type, e.message); } }, 1); });
s.on("end", function() { print("end"); });
s.on("error", function(e) { print("error", JSON.stringify(e)); });
s.on("close", function(e) { print("close", e); try { s.write("y"); } catch (e) { print(e.type, e.message); } s.end(); });
print(typeof s.setTimeout, typeof s.destroy, typeof s.pause, typeof s.once);
