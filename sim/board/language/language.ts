// Puts the interpreter's manners over V8's: everything in this folder, in the order it needs.
import type { Clock } from "../clock";
import type { Loop } from "../loop";
import type { Realm } from "../realm";
import { removeAbsent } from "./absent";
import { breakDates } from "./dates";
import { breakErrors } from "./errors";
import { breakJson } from "./json";
import { breakNumbers } from "./numbers";
import { breakObjects } from "./objects";
import { installPromise } from "./promise";
import { breakRegExps } from "./regexp";
import { breakStrings } from "./strings";
import { breakUri } from "./uri";

export function installLanguage(realm: Realm, loop: Loop, clock: Clock): void {
  removeAbsent(realm);
  breakErrors(realm);
  breakObjects(realm);
  breakStrings(realm);
  breakRegExps(realm);
  breakUri(realm);
  breakJson(realm);
  breakDates(realm, clock);
  breakNumbers(realm);
  installPromise(realm, loop);
}
