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

/** What mends .bootcde after a power cut while the loader is written. A part of it is no program. */
function healerText(): string {
  return (
    '(function(s,n,l){var c=s.read(n);if(c===undefined||(c.length==l.length&&c!=l)){if(c!==undefined)s.erase(n);s.write(n,l)}})(require("Storage"),".bootcde",' +
    JSON.stringify(loaderText()) + ")"
  );
}

/** Takes the healer away; a boot file of the user's is left alone. */
export function eraseHealer(platform: Platform): void {
  const begins = '(function(s,n,l){var c=s.read(n);if(c===';
  for (const name of HEALERS) {
    const text = platform.flash.read(name, 0, begins.length);
    // Torn, it may be shorter than that.
    if (text !== undefined && (text == begins || (begins.substr(0, 8) == text.substr(0, 8) && platform.flash.read(name)!.length == healerText().length))) platform.flash.erase(name);
  }
}

/** Puts the loader in the place of the flashed boot code, of which there is a copy. False if flash does not take it; then all is as it was. */
export function writeLoader(platform: Platform): boolean {
  const flash = platform.flash;
  eraseHealer(platform);
  const free = HEALERS.filter((name) => flash.read(name) === undefined)[0];
  if (!free || !flash.write(free, healerText())) {
    if (free) flash.erase(free);
    return false;
  }
  // From here on a restart at any moment comes to the loader.
  flash.erase(".bootcde");
  const written = flash.write(".bootcde", loaderText());
  if (written) flash.erase(free);
  return true;
}
