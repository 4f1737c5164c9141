// reactions of promises are queued events: a timer may come before them
setTimeout(function() { print("timer"); }, 0);
Promise.resolve(1).then(function(v) { print("then", v); return new Promise(function(r) { setTimeout(r, 2, "late"); }); }).then(function(v) { print("then", v); });
new Promise(function(resolve) { print("executor"); resolve("value"); }).then(function(v) { print(v); throw "thrown"; }).catch(function(e) { print("catch", e); return "back"; }).then(function(v) { print(v); });
var o = {};
o.on("event", function() { print("an event that was queued later than the promise was settled"); });
Promise.resolve("x").then(function() { print("its reaction"); });
o.emit("event");
print("end of the program");
var t = getTime() + 0.01;
while (getTime() < t);
