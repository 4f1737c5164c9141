// emit only queues: the listeners run after the current code, and a new listener waits for the next event
var o = {};
o.on("a", function(x) {
  print("first", x);
  o.on("a", function(x) { print("added later", x); });
});
o.emit("a", 1);
print("after emit");
setTimeout(function() { o.emit("a", 2); o.removeAllListeners("a"); o.emit("a", 3); }, 5);
print(typeof o.once, typeof o.removeListener, typeof o.prependListener);
