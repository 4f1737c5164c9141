// Files on the card. Traps: read() is undefined at the end, write() throws when the card is full or gone, a missing file throws,
// nothing can be renamed, every write() is followed by a sync unless told otherwise.
import { failure } from "../flow/failure";
import type { Files } from "../platform/ports";
import { isLinux } from "./board";

const fs = require("fs");
let mounted = false;

const linux = isLinux();

/** Trap: an unknown name gives an object that is no pin, and no error. */
function pin(name: string | number): unknown {
  const found = new Pin(name);
  if ("" + found == "[object Object]") throw "there is no pin " + name;
  return found;
}

export const files: Files = {
  longestPath: linux ? 255 : 63,
  mount: function (card) {
    if (mounted || !card || linux) return undefined;
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
      // Our own files are written in few large pieces, synced now and then and closed at the end. Other programs' files keep their syncs.
      write: function (data, sync) {
        const flag = !linux && !sync;
        if (flag) E.setFlags({ unsyncFiles: 1 });
        let written;
        try {
          written = open.write(data);
        } catch (error) {}
        if (flag) E.setFlags({ unsyncFiles: 0 });
        return written == data.length;
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
  // Trap: a directory that is not there throws on a card, and is undefined on Linux.
  list: function (directory) {
    try {
      return fs.readdirSync(directory);
    } catch (error) {
      return undefined;
    }
  },
};
