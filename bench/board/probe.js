// Runs before the image (.boot0): counts the variables in use while a command runs, every millisecond and before and after each call of the
// natives below, after a garbage collection each time. Many a peak lies inside one event, where no timer comes. The highest count is kept
// for each state of the link apart, since what TLS itself takes is more while it shakes hands.
// In a function of its own: the image gives its own names at the top level.
(function () {
  let measuring = false;
  // 0: no link, 1: connecting and shaking hands, 2: linked; 3 and 4: the same with the board's certificate. A link that opens beside one that
  // still closes counts as the first of them.
  let state = 0;
  let peaks = [0, 0, 0, 0, 0];
  let least = 0;

  function sample() {
    if (!measuring) return;
    const usage = process.memory().usage;
    if (usage > peaks[state]) peaks[state] = usage;
    if ((state == 2 || state == 4) && (!least || usage < least)) least = usage;
  }

  /** `then` gets what the native gave, and what it got. */
  function watch(object, name, native, then) {
    object[name] = function () {
      sample();
      const value = native.apply(this, arguments);
      if (then) then(value, arguments[0]);
      sample();
      return value;
    };
  }

  watch(global, "print", print);
  watch(global, "require", require);
  watch(global, "setTimeout", setTimeout);
  watch(require("crypto"), "SHA256", require("crypto").SHA256);
  watch(E, "CRC32", E.CRC32);
  watch(E, "toString", E.toString);
  watch(require("fs"), "statSync", require("fs").statSync);
  watch(require("Storage"), "write", require("Storage").write);
  watch(require("Storage"), "read", require("Storage").read);
  watch(require("Storage"), "list", require("Storage").list);
  watch(Modules, "removeCached", Modules.removeCached);
  watch(JSON, "parse", JSON.parse);
  watch(JSON, "stringify", JSON.stringify);

  // The methods of a file can be had from a file only; all files get the watched ones.
  let watched = false;
  watch(E, "openFile", E.openFile, function (file) {
    if (!file || watched) return;
    watched = true;
    for (const name of ["read", "write", "close"]) watch(File.prototype, name, file[name]);
  });

  function linked() {
    if (state == 1 || state == 3) state++;
  }

  function opened(socket, options) {
    state = options.cert ? 3 : 1;
    watch(socket, "write", socket.write);
    socket.on("drain", linked);
    socket.on("close", function () {
      state = 0;
    });
  }

  watch(require("tls"), "connect", require("tls").connect, opened);
  watch(require("net"), "connect", require("net").connect, opened);

  /** Resolves with the highest counts by the link's state, the lowest while linked, and the failure's code, while `action` runs. */
  global.measurePeak = function (action) {
    return new Promise(function (resolve) {
      measuring = true;
      peaks = [0, 0, 0, 0, 0];
      least = 0;
      // Only now: a timer that fires while a long line is typed upsets the console of the Linux build.
      const timer = setInterval(sample, 1);
      function done(code) {
        measuring = false;
        clearInterval(timer);
        resolve({ peaks: peaks, least: least, code: code });
      }
      action().then(function () {
        done("");
      }, function (failed) {
        done((failed && failed.code) || "" + failed);
      });
    });
  };

  /** The same with the link to AWS IoT, which is closed after it: connected before, or by `action` itself. In one: nothing may be typed while a link is up. */
  global.measureLinked = function (isBefore, action) {
    function measure() {
      return global.measurePeak(action);
    }
    function end(counts) {
      return device.disconnect().then(function () {
        return new Promise(function (resolve) {
          setTimeout(resolve, 500, counts);
        });
      });
    }
    return (isBefore ? device.connect().then(measure) : measure()).then(end);
  };
})();
