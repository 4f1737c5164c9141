// a rejection that nobody handles is an uncaught exception
process.on("uncaughtException", function(e) { print("uncaught", e.toString()); });
var steps = [
  function() { Promise.resolve().then(function() { throw new Error("inside"); }); },
  function() { Promise.reject("text"); },
  function() { new Promise(function(r, reject) { reject(5); }).then(function() {}); },
  function() { var r; var p = new Promise(function(a, b) { r = b; }); p.catch(function(e) { print("handled", e); }); r(6); }
];
function next() { var step = steps.shift(); if (steps.length) setTimeout(next, 3); step(); }
setTimeout(next, 1);
