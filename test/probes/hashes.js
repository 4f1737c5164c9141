// hashes of whole messages: strings, arrays in arrays, typed arrays, a number as one byte
var c = require("crypto");
function hex(b) { var s = ""; new Uint8Array(b).forEach(function(x) { s += (x + 256).toString(16).substr(1); }); return s; }
print(hex(c.SHA256("abc")), c.SHA256("") instanceof ArrayBuffer);
print(hex(c.SHA1("abc")), hex(c.SHA224("")).length, hex(c.SHA384("")).length, hex(c.SHA512("abc")).substr(0, 16));
print(hex(c.SHA256(["a", ["b", new Uint8Array([99])]])) == hex(c.SHA256("abc")), hex(c.SHA256(12)) == hex(c.SHA256("12")), hex(c.SHA256(12)) == hex(c.SHA256([12])), hex(c.SHA256([1, 2])) == hex(c.SHA256("\x01\x02")));
print(hex(c.SHA256(new Uint8Array([97, 98, 99]))) == hex(c.SHA256("abc")), hex(c.SHA256("\xff\x00")) == hex(c.SHA256([255, 0])));
print(hex(c.PBKDF2("password", "salt", { keySize: 8, iterations: 2, hasher: "SHA256" })));
print(typeof c.createHash, typeof c.randomBytes, btoa(c.SHA1("abc")));
