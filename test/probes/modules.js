// a module is found in Storage, sees exports and module, and can be dropped from the cache
var s = require("Storage");
s.eraseAll();
s.write("mine", "exports.n=1;exports.same=(this===exports);print('loaded');");
print(require("mine").n, require("mine").same, JSON.stringify(Modules.getCached().sort()));
Modules.removeCached("mine"); require("mine");
Modules.addCached("text", "exports.a=5"); print(require("text").a);
Modules.addCached("function", function() { exports.b = 6; }); print(require("function").b);
s.write("whole", "module.exports = 'all of it';"); print(require("whole"));
function t(f) { try { print(f()); } catch (e) { print(e.type, e.message); } }
t(function() { return require("not there"); });
t(function() { return Modules.removeCached("not there"); });
t(function() { return require(5); });
