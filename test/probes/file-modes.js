// files: read gives undefined at the end, wrong modes do nothing, an empty file reads as undefined
var fs = require("fs");
print(fs.writeFileSync("e.txt", ""), fs.readFileSync("e.txt"), fs.writeFileSync("a.txt", "hello"), fs.readFileSync("a.txt"));
var f = E.openFile("a.txt", "r");
print(f.read(2), f.read(10), f.read(1), f.read(0), f.write("x"));
f.seek(1); print(f.read(2)); f.skip(1); print(f.read(9)); f.close(); print(f.read(1));
f = E.openFile("a.txt", "a");
print(f.write([65, [66, 67]]), f.write(new Uint16Array([0x4142])), f.write(), f.read(1));
f.close(); print(fs.readFileSync("a.txt"));
f = E.openFile("a.txt", "r+"); f.seek(2); f.write("ZZ"); f.seek(0); print(f.read(99)); f.close();
f = E.openFile("a.txt", "w+"); print(f.write("new")); f.seek(0); print(f.read(9)); f.close();
f = E.openFile("b.txt", "w"); f.seek(5); f.write("x"); f.close(); print(JSON.stringify(fs.readFileSync("b.txt")));
print(E.openFile("a.txt", "q"));
print(fs.writeFileSync("a.txt", undefined), fs.appendFileSync("a.txt", "!"), fs.readFileSync("a.txt"), fs.writeFileSync("a.txt", [1, 2]), fs.readFileSync("a.txt").length);
