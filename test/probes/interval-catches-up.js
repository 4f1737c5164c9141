// an interval that was blocked catches up afterwards
var n = 0, start = getTime();
var i = setInterval(function() {
  n++;
  if (n == 1) while (getTime() < start + 0.055);
  if (n == 5) { print(getTime() - start < 0.075); clearInterval(i); }
}, 10);
