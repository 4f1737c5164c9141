// numbers have eleven digits after the point, and halves round away from zero
print(1 / 3, 0.1 + 0.2, 1e10, 123456789012, 100, -0, 1.5e300, NaN, Infinity, 0.1, 9007199254740991, 4294967296 * 4);
print(Math.round(-2.5), Math.round(2.5), Number(" 12 "), Number("0x10"), Number(""), Number("1e3"), +"abc", parseInt("12abc"), parseInt(""), parseFloat("1.5x"));
print((255).toString(16), (2.75).toFixed(1), String(1 / 3), (1 / 3).toString());
