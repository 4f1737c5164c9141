// an error has a type in place of a name, and a TypeError is no Error
var e = new TypeError("m");
print(e.toString(), e.name, e.type, e.message, e instanceof TypeError, e instanceof Error, typeof e.stack);
print(new Error("x").toString(), new Error("x").type, new InternalError("i").toString(), typeof RangeError, typeof EvalError);
try { null.x; } catch (e) { print(e instanceof Object, typeof e.message); }
