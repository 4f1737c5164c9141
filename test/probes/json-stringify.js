// JSON.stringify escapes bytes above 126, leaves getters out and ignores the replacer
print(JSON.stringify("\x00\x01\b\f\n\r\t\v\"\\/\x7e\x7f\x80\xff'"));
print(JSON.stringify({ a: undefined, f: function() {}, d: new Date(0), n: NaN, i: 1 / 0, u: new Uint8Array([1, 2]), x: [undefined, null], get g() { return 1; } }));
print(JSON.stringify({ a: 1, b: 2 }, ["a"]), JSON.stringify(undefined), typeof JSON.stringify(undefined));
print(JSON.stringify({ t: { toJSON: function() { return "T"; } } }));
