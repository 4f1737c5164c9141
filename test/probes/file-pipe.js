// a file can be piped into anything that has a write method
var fs = require("fs");
fs.writeFileSync("a.txt", "0123456789");
var got = [];
E.openFile("a.txt", "r").pipe({ write: function(d) { got.push(d); }, end: function() { print("end"); } }, { chunkSize: 4, complete: function() { print("complete", JSON.stringify(got)); } });
