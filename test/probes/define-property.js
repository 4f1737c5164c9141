// enumerable: false is ignored, and apply takes 256 arguments at most
var o = {};
Object.defineProperty(o, "a", { value: 1, enumerable: false });
print(JSON.stringify(Object.keys(o)), o.a);
print(Math.max.apply(null, new Array(256).fill(1)));
function add() { return arguments.length; }
try { print(add.apply(null, new Array(257).fill(1))); } catch (e) { print(e.message); }
