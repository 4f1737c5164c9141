// a callback of connect() and a listener for 'connect' on the same socket do not go together: it breaks the list
var s = require("net").connect({ host: "127.0.0.1", port: PORTS.tcp }, function() { print("callback"); });
s.on("connect", function() { print("listener"); });
setTimeout(quit, 50);
