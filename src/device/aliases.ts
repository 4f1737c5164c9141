// device.aliases: the names of the KMS keys, to check s3.encryption.keyId against.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import type { Alias } from "../kms/aliasesJson";
import type { KmsAccess } from "../kms/listAliases";
import { kmsHost, listAliases } from "../kms/listAliases";
import type { S3Access } from "../s3/signedRequest";
import type { SeldomCommand, Services } from "./seldom";
import { isWhole, optionFault } from "./options";

/** Aliases that are held unless told otherwise: some 30 variables each. */
const HELD = 20;

function kmsAccess(services: Services, access: S3Access): KmsAccess {
  const own = services.context.settings()["kms"];
  return {
    host: own ? own.endpoint : kmsHost(access.region),
    port: (own && own.port) || 443,
    region: access.region,
    credentials: () => access.credentials,
    handshakeSeconds: access.handshakeSeconds,
    silenceSeconds: access.silenceSeconds,
    persist: access.persist,
  };
}

function aliasesFault(options: any): Failure | undefined {
  if (options === undefined) return undefined;
  if (!options || typeof options != "object") return failure("argument", "The options are not an object", "For example device.aliases({max:100})");
  const fault = optionFault(options, ["max"]);
  if (fault || options.max === undefined || isWhole(options.max, 1, 100000)) return fault;
  return failure("argument", "The option max is not a whole number from 1 on", "It is the number of aliases after which the list stops.");
}

/** device.aliases({max}): prints and holds `max` aliases, 20 unless given. */
export const aliasesCommand: SeldomCommand = function (services, started, done, options) {
  const fault = aliasesFault(options);
  if (fault) return done(fault);
  const print = services.platform.console.print;
  const held: Alias[] = [];
  services.context.ready(function (failed, access) {
    if (failed) return done(failed);
    listAliases(services.platform, kmsAccess(services, access!), (options && options.max) || HELD, function (alias) {
      print("  " + alias.alias + "  " + (alias.keyId || "no key yet"));
      held.push(alias);
    }, function (refused, more) {
      if (refused) return done(refused);
      print("aliases: " + held.length + (more ? ", and THERE ARE MORE: give a larger max" : ""));
      done(undefined, held);
    });
  }, true);
};
