// slice and filter of a typed array give a plain array
var u = new Uint8Array([1, 2, 3]);
print(JSON.stringify(u.slice(1)), Array.isArray(u.slice(1)), u.slice(1) instanceof Uint8Array, Array.isArray(u.filter(function(x) { return x > 1; })));
print(u.map(function(x) { return x * 2; }) instanceof Uint8Array, u.subarray(1) instanceof Uint8Array, u.subarray(1).length, u.indexOf(3), u.join("-"));
print(u.buffer.byteLength, new Uint8Array(u.buffer, 1, 2)[0], new DataView(u.buffer).getUint16(0), new Uint16Array([70000])[0]);
