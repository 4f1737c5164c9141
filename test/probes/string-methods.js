// split ignores its limit, replace calls no function and knows no $, fromCharCode takes the low byte
print(JSON.stringify("a,b,c".split(",", 2)), JSON.stringify("abc".split("")), JSON.stringify("abc".split()));
print("aXbX".replace("X", "$&"), "aXbX".replace(/X/g, "[$1]"), "aXbX".replaceAll("X", "y"), "a1b2".replace(/\d/g, function(d) { return d * 2; }));
print(String.fromCharCode(8364).charCodeAt(0), "abc".charCodeAt(9), "abc".charCodeAt(-1), JSON.stringify("abc".charAt(9)));
print("abc".padStart(5, "xy"), "abc".substr(-2), "abc".substr(1, 9), "abc".slice(-2), "abc".substring(2, 0), "ab".repeat(3), JSON.stringify(" x\t\r\n".trim()));
print("a\xe9".toUpperCase().charCodeAt(1), "abc".at, "abc".codePointAt, "abc".localeCompare, "abc".trimEnd, "abc".search, "abc".matchAll);
