// The card: full, pulled out, without power at the wrong moment.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { boot, cleanUp, scratch, thrown, withCard } from "./boards";

describe("the card of a virtual board", () => {
  afterEach(cleanUp);

  it("must be connected before it is used", async () => {
    const board = await boot({ card: { directory: scratch() } });
    assert.match(thrown(board, "require('fs').readdirSync()"), /SD card must be setup with E.connectSDCard first/);
  });

  it("refuses to be written beyond its size, and keeps what fitted", async () => {
    const { board, directory } = await withCard(1000);
    assert.match(thrown(board, "require('fs').writeFileSync('a', E.toString(new Uint8Array(1200)))"), /Unable to write file : DISK_ERR/);
    assert.equal(fs.statSync(path.join(directory, "a")).size, 1000);
    assert.equal(board.run("require('fs').getFree().freeSectors"), 0);
  });

  it("names what is missing as FatFs does", async () => {
    const { board } = await withCard();
    assert.match(thrown(board, "E.openFile('none', 'r')"), /Could not open file : NO_FILE/);
    assert.match(thrown(board, "require('fs').readdirSync('none')"), /Unable to list files : NO_PATH/);
  });

  it("lists the dots of every directory but the root, as FatFs does, and no file as a directory", async () => {
    const { board, directory } = await withCard();
    fs.mkdirSync(path.join(directory, "logs"));
    fs.writeFileSync(path.join(directory, "logs", "a.log"), "x");
    assert.equal(board.run("require('fs').readdirSync().join()"), "logs");
    assert.equal(board.run("require('fs').readdirSync('logs').sort().join()"), ".,..,a.log");
    assert.match(thrown(board, "require('fs').readdirSync('logs/a.log')"), /Unable to list files : NO_PATH/);
  });

  it("fails after it was pulled out until it is mounted anew", async () => {
    const { board } = await withCard();
    board.run("var f = E.openFile('a', 'w'); f.write('x')");
    board.card?.remove();
    assert.match(thrown(board, "f.write('y')"), /Unable to write file : DISK_ERR/);
    board.card?.insert();
    assert.match(thrown(board, "E.openFile('b', 'w')"), /DISK_ERR/);
    board.run("E.unmountSD(); E.connectSDCard(SPI1, D5)");
    assert.equal(board.run("require('fs').readFileSync('a')"), "x");
  });

  it("keeps every write over a loss of power, but not those of unsyncFiles", async () => {
    const { board } = await withCard();
    board.run("var f = E.openFile('synced', 'w'); f.write('12345')");
    board.run("E.setFlags({unsyncFiles: 1}); var g = E.openFile('loose', 'w'); g.write('12345')");
    board.powerCycle();
    assert.equal(board.run("require('fs').readFileSync('synced')"), "12345");
    assert.equal(board.run("require('fs').readFileSync('loose')"), undefined);
  });

  it("takes paths of 63 bytes, and no letter case", async () => {
    const { board } = await withCard();
    board.run("require('fs').writeFileSync('Log.TXT', 'x')");
    assert.equal(board.run("require('fs').readFileSync('log.txt')"), "x");
    assert.match(thrown(board, `E.openFile('${"a".repeat(64)}', 'w')`), /File path too long/);
    assert.equal(thrown(board, `E.openFile('${"a".repeat(63)}', 'w')`), "nothing");
  });

  it("keeps the content of a file that is opened with w+, unlike Linux", async () => {
    const { board } = await withCard();
    board.run("require('fs').writeFileSync('a', 'old'); var f = E.openFile('a', 'w+')");
    assert.equal(board.run("f.read(9)"), "old");
  });
});
