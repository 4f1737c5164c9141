// encodeURIComponent is wrong above 127 and decodeURIComponent refuses it
print(encodeURIComponent("aZ09-_.~!'()* /?:&=+%"), encodeURIComponent("\xc3\xa9"), encodeURIComponent("\x80\xff\x9a\xb7"));
print(decodeURIComponent("%41%7e%20"));
try { print(decodeURIComponent("%C3%A9")); } catch (e) { print(e.message); }
