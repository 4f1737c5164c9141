// all, adoption of thenables, and resolving with a promise
Promise.all([1, Promise.resolve(2), new Promise(function(r) { setTimeout(r, 2, 3); })]).then(function(v) { print(JSON.stringify(v)); });
Promise.all([]).then(function(v) { print(JSON.stringify(v)); });
Promise.all([Promise.resolve(1), new Promise(function(a, b) { b("no"); })]).then(print, function(e) { print("all failed", e); });
Promise.resolve({ then: function(f) { f("thenable"); } }).then(print);
new Promise(function(r) { r(new Promise(function(s) { s("adopted"); })); }).then(print);
new Promise(function(r, j) { r(1); j(2); r(3); }).then(print);
try { new Promise(); } catch (e) { print(e.message); }
