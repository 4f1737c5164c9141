// Bare loops on the interpreter: the least that moves the same bytes over TLS. Bundled, lowered and minified like the image.

/** Raises the network chunk, as everybody may once connected: every socket opened later would receive slowly. */
function raise(chunk) {
  if (chunk) require("dgram").createSocket({ type: "udp4", recvBufferSize: chunk }).close();
}

/** Sends `size` bytes in pieces, one at a drain: of the file `path`, or always the same flat string. Resolves with the seconds from before the connect to the answer. */
global.barePut = function (port, size, piece, chunk, path) {
  return new Promise(function (resolve) {
    var constant = E.toString(new Uint8Array(piece).fill(120));
    var start = Date.now();
    var file = path ? E.openFile(path, "r") : undefined;
    var left = size;
    var socket = require("tls").connect({ host: "127.0.0.1", port: port });
    function next() {
      if (!left) return;
      left -= piece;
      socket.write(file ? file.read(piece) : constant);
    }
    var raised = false;
    socket.on("drain", function () {
      // The first drain: the hello is on its way, so the handshake is done.
      if (!raised) raise(chunk);
      raised = true;
      next();
    });
    socket.on("data", function () {
      resolve((Date.now() - start) / 1000);
    });
    socket.write("PUT " + size + "\n");
  });
};

/** Asks for `size` bytes and writes every piece that comes to the file `path`. Resolves with the seconds from before the connect to the closed file. */
global.bareGet = function (port, size, chunk, path) {
  return new Promise(function (resolve) {
    var start = Date.now();
    var file = E.openFile(path, "w");
    var left = size;
    var socket = require("tls").connect({ host: "127.0.0.1", port: port });
    var raised = false;
    socket.on("drain", function () {
      if (!raised) raise(chunk);
      raised = true;
    });
    socket.on("data", function (data) {
      file.write(data);
      left -= data.length;
      if (left) return;
      file.close();
      resolve((Date.now() - start) / 1000);
    });
    socket.write("GET " + size + "\n");
  });
};
