// Records in the interpreter's Storage. Traps: names beyond 28 characters are cut silently, an empty write throws, a full flash throws.
import type { Flash } from "../platform/ports";

const storage = require("Storage");

export const flash: Flash = {
  read: storage.read,
  write: function (name, data, offset, size) {
    if (name.length > 28 || data == "") return false;
    try {
      return storage.write(name, data, offset, size) && storage.read(name, offset, data.length) == data;
    } catch (error) {
      return false;
    }
  },
  list: (prefix) => storage.list(new RegExp("^" + prefix)).filter((name) => name.startsWith(prefix)),
  erase: function (name) {
    if (storage.read(name) !== undefined) storage.erase(name);
  },
};
