// the chunk lies in a hidden string: a copy put back restores the old one
var dgram = require("dgram"), hidden = global["\xff"], net = require("net");
function measure(name, next) {
  var s = net.connect({ host: "127.0.0.1", port: PORTS.tcp }), longest = 0, total = 0;
  s.write("SEND 6000");
  s.on("data", function(d) {
    total += d.length; if (d.length > longest) longest = d.length;
    if (total == 6000) { print(name, longest > 536); setTimeout(function() { s.end(); next(); }, 1); }
  });
}
measure("at first", function() {
  print(typeof hidden.net);
  var copy = ("x" + hidden.net).substr(1);
  dgram.createSocket({ type: "udp4", recvBufferSize: 2048 });
  measure("raised", function() { hidden.net = copy; measure("restored", quit); });
});
