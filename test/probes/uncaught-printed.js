// without a listener an uncaught exception is printed, and everything goes on
var steps = [
  function() { throw new Error("first"); },
  function() { throw "text"; },
  function() { print("still there"); },
  function() { process.on("uncaughtException", function(e) { print("caught", e.message); throw "from the listener"; }); throw new Error("second"); }
];
function next() { var step = steps.shift(); if (steps.length) setTimeout(next, 3); step(); }
setTimeout(next, 1);
