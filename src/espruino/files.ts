// Files on the card. Traps: read() is undefined at the end, write() throws when the card is full or gone, a missing file throws,
// nothing can be renamed, every write() is followed by a sync unless told otherwise.
import { failure } from "../flow/failure";
import type { Files } from "../platform/ports";
import { isLinux } from "./board";

const fs = require("fs");
let mounted = false;

/** Our own files are written in few large pieces and closed at the end: that is synced enough. Other programs' files keep their syncs. */
function unsynced(on: boolean): void {
  if (!isLinux()) E.setFlags({ unsyncFiles: on ? 1 : 0 });
}

/** Trap: an unknown name gives an object that is no pin, and no error. */
function pin(name: string | number): unknown {
  const found = new Pin(name);
  if ("" + found == "[object Object]") throw "there is no pin " + name;
  return found;
}

export const files: Files = {
  longestPath: isLinux() ? 255 : 63,
  mount: function (card) {
    if (mounted || !card || isLinux()) return undefined;
    try {
      SPI1.setup({ sck: pin(card.sck), miso: pin(card.miso), mosi: pin(card.mosi) });
      E.connectSDCard(SPI1, pin(card.cs));
      mounted = true;
      return undefined;
    } catch (error) {
      return failure("card", "The card cannot be connected: " + error, 'Check card.cs, card.sck, card.miso and card.mosi: names such as "D5".');
    }
  },
  stat: function (path) {
    try {
      const info = fs.statSync(path);
      if (!info || info.dir) return undefined;
      return { size: info.size, modified: info.mtime ? Math.floor(info.mtime.getTime()) : 0 };
    } catch (error) {
      return undefined;
    }
  },
  open: function (path, mode) {
    let file: EspruinoFile | undefined;
    try {
      file = E.openFile(path, mode);
    } catch (error) {
      return undefined;
    }
    if (!file) return undefined;
    const open = file;
    return {
      read: function (length) {
        "ram";
        try {
          return open.read(length) || "";
        } catch (error) {
          return "";
        }
      },
      write: function (data) {
        unsynced(true);
        try {
          return open.write(data) == data.length;
        } catch (error) {
          return false;
        } finally {
          unsynced(false);
        }
      },
      seek: function (position) {
        open.seek(position);
      },
      close: function () {
        open.close();
      },
    };
  },
  remove: function (path) {
    try {
      fs.unlinkSync(path);
      return true;
    } catch (error) {
      return false;
    }
  },
};
