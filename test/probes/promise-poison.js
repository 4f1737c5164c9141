// an exception that is pending rejects the next reaction of an unrelated promise
process.on("uncaughtException", function(e) { print("uncaught", e); });
Promise.reject("poison");
Promise.resolve(1).then(function(v) { print("unrelated", v); return 2; }).then(function(v) { print("fulfilled", v); }, function(e) { print("rejected", e.toString()); });
