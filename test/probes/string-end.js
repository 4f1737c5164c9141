// indexOf, includes and replace find a part of the search string at the end of the text
print("abc\r".indexOf("\r\n"), "abc\r\n".indexOf("\r\n"), "ab".indexOf("bcd"), "xab".indexOf("abc"), "aab".indexOf("ab"));
print("abc\r".includes("\r\n"), "abc".includes("cd"), "abc".includes("ce"), "abc\r".replace("\r\n", "-"));
print("abcab".lastIndexOf("ab"), "abc".lastIndexOf("cd"), "abc".startsWith("abcd"), "abc".endsWith("bc"));
print("a-b-c".indexOf("-", 2), "abc".indexOf("", 1), "abc".indexOf("c", 99), "".indexOf("a"));
