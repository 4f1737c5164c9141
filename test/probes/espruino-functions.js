// E: CRC32, conversions and mapInPlace
print(E.CRC32("123456789"), E.CRC32(new Uint8Array([1, 2])), E.CRC32([1, 2]), E.CRC32(""));
print(JSON.stringify(E.toString([65, 66], "C", { data: [68], count: 2 }, 69)), JSON.stringify(E.toString(new Uint8Array([255, 0]))), JSON.stringify(E.toString("a", "b")));
print(E.toUint8Array("ab", [1, 2], { data: 3, count: 2 }).join(), E.toArrayBuffer("ab").byteLength, E.toUint8Array(300)[0]);
var hex = new Uint8Array(4), digits = E.toUint8Array("0123456789abcdef");
E.mapInPlace(new Uint8Array([0x1f, 0xa0]), hex, digits, 4);
print(E.toString(hex));
var back = new Uint8Array(4); E.mapInPlace(new Uint8Array([0x12, 0x34]), back, undefined, -4); print(back.join());
var wide = new Uint16Array(3), four = new Uint8Array([0x12, 0x34, 0x56, 0x78]);
E.mapInPlace(four, wide, undefined, 12); print(wide.join()); E.mapInPlace(four, wide, undefined, -12); print(wide.join());
E.mapInPlace(new Uint8Array([5, 6]), back, function(v, i) { return v * 10 + i; }); print(back.join());
print(btoa("\xff\x00a"), JSON.stringify(atob("/wBh")), btoa(new Uint8Array([1]).buffer), E.getAddressOf("x", false) != 0, E.reverseByte(1), E.clip(5, 1, 3), E.sum([1, 2]));
try { E.setFlags({ nonsense: 1 }); print("taken"); } catch (e) { print("refused"); }
print(JSON.stringify(E.getErrorFlags()), E.getFlags().unsyncFiles); E.setFlags({ unsyncFiles: 1 }); print(E.getFlags().unsyncFiles);
