// What a board needs that has nothing but the boot code, of which this module is a part (tools/build/embed.js).
export { configure } from "../device/settings/configure";
export { tellStatus } from "../device/status";
export { setClock } from "../device/time";
export { getObject } from "../s3/get";
export { finishCopy, replaceFile } from "../s3/landing";
export { readRefusal } from "../s3/refused";
