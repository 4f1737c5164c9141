// Records in the interpreter's Storage. Traps: names beyond 28 characters are cut silently, an empty write throws, a full flash throws.
import type { Flash } from "../platform/ports";

const storage = require("Storage");

export const flash: Flash = {
  read: storage.read,
  write: function (name, data) {
    return name.length < 29 && data != "" && flash.piece(name, data, 0, data.length) && storage.read(name) == data;
  },
  piece: function (name, data, at, size) {
    try {
      return storage.write(name, data, at, size);
    } catch (error) {
      return false;
    }
  },
  list: (prefix) => storage.list(new RegExp("^" + prefix)).filter((name) => name.startsWith(prefix)),
  erase: function (name) {
    if (storage.read(name) !== undefined) storage.erase(name);
  },
};
