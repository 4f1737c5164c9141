// The loader: what stands in .bootcde once a board has been updated. It decides which generation of the image starts, and never changes.
import type { Platform } from "../platform/ports";

/**
 * Runs the generation that is confirmed, or, once, the one on trial: that is noted in flash before it runs, by clearing bits of a record, so that no
 * power cut can lose the note. A trial that is not confirmed within 15 minutes, hangs or cannot start ends with a restart, which runs the old one.
 */
export function loaderText(): string {
  return (
    "var _ft=0,_fw=function(s,n){" +
    'var t=s.read(n),u=s.read(".fwuse")||"",g=t&&".fw"+t[4];' +
    'if(t&&s.read(".fw"+g)){' +
    'if(t[12]=="o")u=g;' +
    'else if(t[8]=="\\xff")try{' +
    's.write(n,"used",8,t.length);' +
    'if(s.read(n)[8]=="u"){u=g;' +
    'E.enableWatchdog(180,true);' +
    '_ft=setTimeout(function(){t=s.read(n);if(t&&".fw"+t[4]==_fw&&t[12]!="o")E.reboot()},900000)' +
    "}}catch(e){}}" +
    'return u}(require("Storage"),".fwtry");' +
    'try{eval(require("Storage").read(".fw"+_fw))}catch(e){print(e);if(_ft)E.reboot()}'
  );
}

/** Boot files that run before .bootcde, the last one first. */
const HEALERS = [".boot3", ".boot2", ".boot1", ".boot0"];

/**
 * What puts the loader into .bootcde at the next start, before the interpreter looks for it: code that runs cannot replace itself, because it runs from
 * flash. After a power cut in the middle it runs again. What was flashed meanwhile, so is not what the copy holds, is left alone. A part of it is
 * no program.
 */
function healerText(): string {
  return (
    '(function(s,n,l){var c=s.read(n);if(c===undefined||c==s.read(".fw")||(c.length==l.length&&c!=l)){if(c!==undefined)s.erase(n);s.write(n,l)}})' +
    '(require("Storage"),".bootcde",' + JSON.stringify(loaderText()) + ")"
  );
}

/** Takes the healer away, also a torn one; a boot file of the user's is left alone. */
export function eraseHealer(platform: Platform): void {
  const text = healerText();
  for (const name of HEALERS) {
    const there = platform.flash.read(name);
    if (there !== undefined && there.length == text.length && (there[0] == "(" || there[0] == "\xff")) platform.flash.erase(name);
  }
}

/** From the next start on the loader stands in the place of the flashed boot code, of which there is a copy. False if flash does not take it. */
export function prepareLoader(platform: Platform): boolean {
  const flash = platform.flash;
  eraseHealer(platform);
  const free = HEALERS.filter((name) => flash.read(name) === undefined)[0];
  if (!free) return false;
  if (flash.write(free, healerText())) return true;
  flash.erase(free);
  return false;
}
