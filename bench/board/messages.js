// Messages to AWS IoT by the image and by Espruino's own MQTT module, in the same way: one after the other, each awaited. Every function
// opens its link, closes it again and resolves when that is done: nothing may be typed while a TLS link is open.
// In a function of its own: the image gives its own names at the top level.
(function () {
  function used() {
    return process.memory().usage;
  }

  function after(milliseconds, value) {
    return new Promise(function (resolve) {
      setTimeout(function () {
        resolve(value);
      }, milliseconds);
    });
  }

  function secure(port) {
    const storage = require("Storage");
    return require("tls").connect({ host: "127.0.0.1", port: port, ca: storage.read("ca.der"), cert: storage.read("cert.der"), key: storage.read("key.der") });
  }

  /** Seconds that `count` messages take; `send` calls what it is given when a message is through. */
  function timed(count, send) {
    return new Promise(function (resolve) {
      const start = Date.now();
      let left = count;
      function next() {
        if (left--) send(next);
        else resolve((Date.now() - start) / 1000);
      }
      next();
    });
  }

  /** Variables that a bare link with mutual TLS takes, with a CONNECT that the broker has answered. */
  global.bareLink = function (port) {
    const before = used();
    return new Promise(function (resolve) {
      const socket = secure(port);
      let linked = 0;
      socket.on("data", function () {
        setTimeout(function () {
          linked = used() - before;
          socket.end();
        }, 50);
      });
      socket.on("close", function () {
        setTimeout(resolve, 500, linked);
      });
      socket.write("\x10\x14\0\x04MQTT\x04\x02\x00\x3c\0\x08bare-tls");
    });
  };

  /** The image: variables idle, connected and subscribed, seconds for `count` messages of QoS 0 and 1. */
  global.imageMessages = function (payload, count) {
    const told = { idle: used() };
    function send(qos) {
      return timed(count, function (next) {
        device.publish("bench/image", payload, { qos: qos }).then(next);
      });
    }
    return device.connect().then(function () {
      return device.subscribe("bench/in", print);
    }).then(function () {
      return after(100);
    }).then(function () {
      told.subscribed = used();
      return send(0);
    }).then(function (seconds) {
      told.qos0 = seconds;
      return send(1);
    }).then(function (seconds) {
      told.qos1 = seconds;
      return device.disconnect();
    }).then(function () {
      return after(500, told);
    });
  };

  /** The same by the module MQTT. */
  global.stockMessages = function (port, payload, count) {
    const told = { idle: used() };
    return new Promise(function (resolve) {
      const client = require("MQTT").create("127.0.0.1", { client_id: "stock", keep_alive: 60 });
      const socket = secure(port);
      let acknowledged, drained;
      // From a timer: a network call in a listener of the socket upsets the interpreter.
      socket.on("drain", function () {
        if (drained) setTimeout(drained, 0);
      });
      client.on("puback", function () {
        setTimeout(acknowledged, 0);
      });
      function qos0(next) {
        drained = next;
        client.publish("bench/stock", payload, { qos: 0 });
      }
      function qos1(next) {
        acknowledged = next;
        client.publish("bench/stock", payload, { qos: 1 });
      }
      client.on("connected", function () {
        setTimeout(function () {
          client.subscribe("bench/in", { qos: 1 });
        }, 0);
      });
      client.on("subscribed", function () {
        setTimeout(function () {
          told.subscribed = used();
          timed(count, qos0).then(function (seconds) {
            told.qos0 = seconds;
            drained = undefined;
            return timed(count, qos1);
          }).then(function (seconds) {
            told.qos1 = seconds;
            client.disconnect();
            setTimeout(resolve, 500, told);
          });
        }, 100);
      });
      client.connect(socket);
    });
  };

  /** Milliseconds until a put of `path` had the TLS slot, and until the link was up again after it. */
  global.handOver = function (path) {
    return device.connect().then(function () {
      return device.put(path);
    }).then(function () {
      return after(6000);
    }).then(function () {
      return device.disconnect();
    }).then(function () {
      return after(500);
    }).then(function () {
      return device.status();
    }).then(function (status) {
      return status.iot;
    });
  };
})();
