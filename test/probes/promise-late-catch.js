// catch() on a promise that is fulfilled already passes the value on as a rejection
process.on("uncaughtException", function(e) { print("uncaught", e.toString()); });
var p = Promise.resolve(5);
function late() {
  p.then(function(v) { print("late then", v); return v + 1; }).then(function(v) { print("next", v); });
  p.catch(function() { print("never"); }).then(function(v) { print("fulfilled", v); }, function(v) { print("rejected", v); });
  setTimeout(function() { p.catch(function() {}); }, 3);
}
p.then(function() { setTimeout(late, 3); });
