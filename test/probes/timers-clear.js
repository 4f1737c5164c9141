// clearTimeout(undefined) throws, clearTimeout() stops every timer, an unknown id is ignored
var id = setTimeout(function() { print("never"); }, 1);
print(typeof id);
try { clearTimeout(undefined); } catch (e) { print(e.message); }
try { clearInterval(undefined); } catch (e) { print(e.message); }
clearTimeout(12345);
setInterval(function() { print("never either"); }, 1);
clearTimeout();
setTimeout(function(a, b) { print("arguments", a, b); }, 1, "A", "B");
setTimeout("print('a string of code')", 3);
try { setTimeout(5, 1); } catch (e) { print(e.message); }
try { changeInterval(99, 5); } catch (e) { print(e.message); }
var n = 0, i = setInterval(function() { n++; if (n == 2) changeInterval(i, 3); if (n == 4) { clearInterval(i); print("four"); } }, 1);
