// The commands whose memory is measured, each on a board that has just booted.
export const LONG_MIB = 100;
/** More objects than one page of a list holds. */
export const MANY = 1100;

export interface Measured {
  what: string;
  command: string;
  /** Values that the command needs, made before anything is counted. */
  values?: string;
  /** Commands that come before it; what they keep counts. */
  before?: string[];
  /** Once only: what it does cannot be done twice, or takes long. */
  once?: boolean;
  /** It ends with this code. */
  refused?: string;
  /** An upload of this command is cut off by a reset first. */
  cut?: string;
  /** The link to AWS IoT is up before it, or it makes that link; it is closed after it. */
  linked?: "before" | "after";
}

const NOTHING = "function(){}";
const PARTS = "{multipart:true}";

/** `urls` are presigned: for a PUT of a new object, a GET of it, and a GET of firmware.bin. */
export function measuredCommands(urls: { put: string; look: string; get: string }): Measured[] {
  const text = JSON.stringify;
  return [
    { what: "help", command: "device.help()" },
    { what: "status", command: "device.status()" },
    { what: "configure", command: 'device.configure({s3:{payload:"signed"}})' },
    { what: "syncTime", command: "device.syncTime()" },
    { what: "selfTest", command: "device.selfTest()" },
    { what: "put of 1 MiB", command: 'device.put("short.txt")' },
    { what: "put of 1 MiB, unsigned, with CRC-32", command: 'device.put("short.txt","u.txt",{payload:"unsigned"})' },
    { what: "put of 10 MiB in one piece", command: 'device.put("log.txt","log.txt",{multipart:false})' },
    { what: "put of 10 MiB in 2 parts", command: 'device.put("log.txt")' },
    { what: "put of 10 MiB in 2 parts, unsigned", command: 'device.put("log.txt","v.txt",{payload:"unsigned"})' },
    { what: "resume of 10 MiB in 2 parts, after a reset", command: "device.resume()", cut: `device.put("log.txt","cut.txt",${PARTS})`, once: true },
    { what: `put of ${LONG_MIB} MiB in one piece`, command: 'device.put("long.txt","long.txt",{multipart:false})', once: true },
    { what: `put of ${LONG_MIB} MiB in parts`, command: 'device.put("long.txt")', once: true },
    { what: "ship of a log of 1 MiB", command: "device.ship()", before: ['device.configure({logs:{directory:"logs",active:"-",afterUpload:"keep"}})'], once: true },
    { what: "ship of a log of 10 MiB in 2 parts", command: "device.ship()", before: ['device.configure({logs:{directory:"long",active:"-",afterUpload:"keep"}})'], once: true },
    { what: "log", command: 'device.log("a line")', before: ['device.configure({logs:{directory:"logs"}})'] },
    { what: "get of 1 MiB to a new file", command: 'device.get("firmware.bin","new"+N+++".bin")', values: "N=0" },
    { what: "get of 1 MiB over an old file", command: 'device.get("firmware.bin","old.bin")' },
    { what: "get of 1 MiB with CRC-32", command: 'device.get("crc.bin","old.bin")' },
    { what: "head", command: 'device.head("firmware.bin")' },
    { what: "list, 20 of a page", command: 'device.list("many/")' },
    { what: `list, ${MANY} objects with each`, command: `device.list("many/",{each:${NOTHING}})` },
    { what: "remove", command: 'device.remove("nothing")' },
    { what: "presign", command: 'device.presign("GET","firmware.bin",600)' },
    { what: "putUrl of 1 MiB, with a look", command: 'device.putUrl(U,"short.txt",V)', values: `(U=${text(urls.put)},V=${text(urls.look)},0)` },
    { what: "getUrl of 1 MiB", command: 'device.getUrl(U,"old.bin")', values: `(U=${text(urls.get)},0)` },
    { what: "aliases", command: "device.aliases()" },
    { what: "connect", command: "device.connect()", linked: "after" },
    { what: "nothing, connected", command: "new Promise(function(d){setTimeout(d,50)})", linked: "before" },
    { what: "subscribe", command: 'device.subscribe("bench/in",print)', linked: "before" },
    { what: "unsubscribe, connected", command: 'device.unsubscribe("bench/in")', before: ['device.subscribe("bench/in",print)'], linked: "before", once: true },
    { what: "publish of 100 bytes", command: `device.publish("bench/out",${text("x".repeat(100))})`, linked: "before" },
    { what: "publish of an object of 1,000 bytes", command: `device.publish("bench/out",{text:${text("x".repeat(990))}})`, linked: "before" },
    { what: "publish by HTTPS", command: 'device.publish("bench/out","x",{https:true})' },
    { what: "status, connected", command: "device.status()", linked: "before" },
    { what: "shadow.get", command: "device.shadow.get()", before: ["device.shadow.report({bench:1})"], linked: "before" },
    { what: "shadow.report", command: "device.shadow.report({bench:1})", linked: "before" },
    { what: "shadow.onDelta", command: "device.shadow.onDelta(print)", linked: "before" },
    { what: "shadow.report by HTTPS", command: "device.shadow.report({bench:1})" },
    { what: "put of 1 MiB, connected", command: 'device.put("short.txt")', linked: "before" },
    { what: "disconnect", command: "device.disconnect()", linked: "before" },
    { what: "get of an object that is not there", command: 'device.get("nothing")', refused: "s3" },
    // This one is the last for put: the settings stay wrong.
    { what: "put that S3 refuses, with its explanation", command: 'device.put("short.txt")', before: ['device.configure({credentials:{secretAccessKey:"wrong"}})'], refused: "s3" },
    { what: "why, after that", command: "device.why()", before: [`device.put("short.txt").then(${NOTHING},${NOTHING})`] },
  ];
}
