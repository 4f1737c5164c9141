// strings are byte strings: UTF-8 in the source is several characters, an escape keeps its low byte
// needs: byte strings
print("é".length, "€".length, "\u20ac".length, "\u20ac".charCodeAt(0), "\u00e9".charCodeAt(0), JSON.parse('"\\u20ac"').charCodeAt(0));
print(JSON.stringify("é"), "é".charCodeAt(0), "é".charCodeAt(1));
