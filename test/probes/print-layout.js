// print lays objects out over several lines, and strings inside them in quotes
print("x", 1, 1.5, [1, 2, "a"], { a: 1, b: "x", c: [1, { d: 2 }], e: undefined, f: null }, true, undefined, null);
print({}, [], [[1]], { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, new Uint8Array([1, 2, 3]), new Uint8Array(2), new Uint16Array([1]).buffer);
print(new Error("boo"), function(a, b) { return a; }, ["\n\"\\"], { "a-b": 1 }, [undefined, null, true]);
console.log("log", 5);
var o = { get g() { return 1; }, n: -1 }; print(o);
