// The IoT policy of the device's certificate (AWS IoT developer guide, "AWS IoT Core policies"): a document of statements; what no
// statement allows is denied, and a denial wins.

export type IotAction =
  | "iot:Connect" | "iot:Publish" | "iot:RetainPublish" | "iot:Subscribe" | "iot:Receive"
  | "iot:GetThingShadow" | "iot:UpdateThingShadow" | "iot:DeleteThingShadow" | "iot:ListNamedShadowsForThing";

export interface IotStatement {
  Effect: "Allow" | "Deny";
  /** "iot:Publish", with * and ? as wildcards. */
  Action: string | string[];
  /** ARNs, "arn:aws:iot:REGION:ACCOUNT:topic/NAME", with wildcards and ${iot:ClientId}, ${iot:Connection.Thing.ThingName}. */
  Resource: string | string[];
}

export interface IotPolicyDocument {
  Version: "2012-10-17";
  Statement: IotStatement[];
}

/** Who asks. A request by HTTPS has no client id. */
export interface Asker {
  clientId: string | undefined;
  /** The thing the certificate is attached to. */
  /** The first of the things that its certificate is attached to. */
  thingName: string | undefined;
}

/** Of a new certificate: everything. */
const EVERYTHING: IotPolicyDocument = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "iot:*", Resource: "*" }] };

export class IotPolicy {
  /** To be replaced by a stricter one. */
  document: IotPolicyDocument = EVERYTHING;
  private denied: IotStatement[] = [];

  constructor(private readonly region: string, private readonly account: string) {}

  /** "topic/a/b" as an ARN. */
  arn(resource: string): string {
    return `arn:aws:iot:${this.region}:${this.account}:${resource}`;
  }

  /** From now on denied, whatever the document says; with `resource` ("topic/logs/*", "client/board-17") only there. */
  deny(action: IotAction, resource?: string): void {
    this.denied.push({ Effect: "Deny", Action: action, Resource: resource === undefined ? "*" : this.arn(resource) });
  }

  /** Takes back what deny() said of one action, or of all. */
  allow(action?: IotAction): void {
    this.denied = this.denied.filter((one) => action !== undefined && one.Action !== action);
  }

  /** @param resource "topic/NAME", "topicfilter/FILTER", "client/ID", "thing/NAME" */
  allows(action: IotAction, resource: string, asker: Asker): boolean {
    const fits = ({ Action, Resource }: IotStatement) =>
      list(Action).some((pattern) => matches(pattern, action)) &&
      list(Resource).some((pattern) => matches(withVariables(pattern, asker), this.arn(resource)));
    const statements = [...this.document.Statement, ...this.denied].filter(fits);
    return statements.length > 0 && statements.every((one) => one.Effect === "Allow");
  }
}

function list(value: string | string[]): string[] {
  return typeof value === "string" ? [value] : value;
}

/** Thing variables are known only to an MQTT client whose id is the thing's name; a pattern with an unknown one fits nothing. */
function withVariables(pattern: string | undefined, { clientId, thingName }: Asker): string | undefined {
  const values: Record<string, string | undefined> = {
    "iot:ClientId": clientId,
    "iot:Connection.Thing.ThingName": clientId === thingName ? thingName : undefined,
  };
  let known = true;
  const filled = pattern?.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (values[name] === undefined) known = false;
    return values[name] ?? "";
  });
  return known ? filled : undefined;
}

function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return false;
  const expression = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".");
  return new RegExp(`^${expression}$`, "s").test(text);
}
