// What the settings say of logs, for the modules of the shipper.
import { failure } from "../flow/failure";
import type { Failure } from "../flow/failure";
import { activeName, readActive } from "../logs/active";
import { TEMPLATE, templateFault } from "../logs/key";
import { openMarks } from "../logs/marks";
import type { Marks } from "../logs/marks";
import type { LogRules } from "../logs/ready";
import type { Services } from "./seldom";

export interface ShipRules extends LogRules {
  /** With a slash at its end; "" for the root of the card. */
  directory: string;
  template: string;
  prefix: string;
  thing: string;
  /** Logs stay on the card and are marked. */
  keep: boolean;
  topic: string;
  /** What marks stand for beside the file. */
  scope: string;
}

/** The directory of logs, with a slash at its end. */
export function directoryOf(logs: { directory: string }): string {
  let directory = logs.directory;
  while (directory[0] == "/" || directory == ".") directory = directory.substr(1);
  return directory == "" || directory.endsWith("/") ? directory : directory + "/";
}

/** The rules; a failure (settings) if they do not say enough. Settings are good in themselves. */
export function shipRules(services: Services): ShipRules | Failure {
  const { logs, s3, iot, credentials } = services.context.settings() as { [section: string]: any };
  if (!logs) return failure("settings", "logs: missing", 'device.configure({logs:{directory:"logs",afterUpload:"delete"}})');
  const template: string = logs.template || TEMPLATE;
  const thing: string = (iot && iot.thingName) || (credentials && credentials.thingName) || "";
  const fault = templateFault(template, thing);
  if (fault) return failure("settings", "logs.template: " + fault, 'device.configure({logs:{template:"' + TEMPLATE + '"}})');
  const own = readActive(services.platform.flash);
  return {
    directory: directoryOf(logs), pattern: logs.pattern, active: logs.active, own: own ? activeName(own) : "", seconds: logs.readySeconds, bytes: logs.readyBytes,
    template: template, prefix: s3.prefix || "", thing: thing, keep: logs.afterUpload == "keep", topic: (iot && logs.statusTopic) || "",
    scope: s3.bucket + "\n" + (s3.prefix || "") + "\n" + template,
  };
}

export function marksOf(services: Services, rules: ShipRules): Marks | undefined {
  return openMarks(services.platform, rules.scope);
}
