// a date that cannot be read is 1970, times have fractions, and the zone is UTC
print(new Date(0).toUTCString(), new Date(0).toISOString(), new Date(0).toString(), "" + new Date(1e12));
print(new Date("2020-01-02T03:04:05").getTime(), new Date("2020-01-02").getTime(), new Date("Tue, 19 Feb 2019 10:57:01 GMT").getTime());
print(new Date(2020, 1, 3, 4, 5, 6).getTime(), new Date("x").getTime(), Date.parse("x"), new Date("2020-01-02T03:04:05.678Z").getTime());
print(new Date("2020-01-02T03:04:05+01:00").getTime(), new Date(NaN).getTime(), typeof Date(), new Date(0).getTimezoneOffset(), new Date(5.5).getTime());
print(new Date("20200102T030405Z").getTime(), new Date(1e12).getHours(), new Date(1e12).getDay(), new Date(1e12).getFullYear());
try { new Date(undefined); } catch (e) { print(e.type, e.message); }
print(new Date("2020-").getTime(), new Date("2020-1-").getTime(), new Date("").getTime(), new Date("12:00").getTime());
print(Date.now() > 1.7e12, typeof Date.UTC, typeof new Date().setUTCHours);
