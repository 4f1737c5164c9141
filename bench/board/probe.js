// Runs before the image (.boot0): counts the variables in use while a command runs, every millisecond and whenever the image calls one
// of these natives, after a garbage collection each time, and keeps the highest count. Many a peak lies inside one event, where no timer comes.
// In a function of its own: the image gives its own names at the top level.
(function () {
  let measuring = false;
  let peak = 0;

  function sample() {
    if (!measuring) return;
    const usage = process.memory().usage;
    if (usage > peak) peak = usage;
  }

  function watch(object, name) {
    const native = object[name];
    object[name] = function () {
      sample();
      return native.apply(this, arguments);
    };
  }

  watch(global, "print");
  watch(require("crypto"), "SHA256");
  watch(E, "CRC32");
  watch(E, "openFile");
  watch(require("fs"), "statSync");
  watch(require("Storage"), "write");
  watch(require("Storage"), "read");
  watch(JSON, "parse");

  /** Resolves with the highest count while `action` runs, whether its promise is fulfilled or not. */
  global.measurePeak = function (action) {
    return new Promise(function (resolve) {
      measuring = true;
      peak = 0;
      // Only now: a timer that fires while a long line is typed upsets the console of the Linux build.
      const timer = setInterval(sample, 1);
      function done() {
        measuring = false;
        clearInterval(timer);
        resolve(peak);
      }
      action().then(done, done);
    });
  };
})();
