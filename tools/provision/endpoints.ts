// Host names of AWS in settings: which service, which region (AWS General Reference; IoT developer guide, "AWS IoT device endpoints").

export type Service = "iot data" | "iot data without -ats" | "iot credentials" | "iot jobs" | "iot control" | "s3" | "kms" | "aws";

export interface Endpoint {
  host: string;
  service: Service;
  /** "" where the name does not tell it. */
  region: string;
}

const REGION = "[a-z]{2}(?:-[a-z]+)+-\\d+";

/** In this order: the first that fits. Group 1 is the region. */
const FORMS: [service: Service, form: RegExp][] = [
  ["iot credentials", new RegExp(`^[a-z0-9]+\\.credentials\\.iot(?:-fips)?\\.(${REGION})$`)],
  ["iot jobs", new RegExp(`^[a-z0-9]+\\.jobs\\.iot(?:-fips)?\\.(${REGION})$`)],
  // In China a dot stands before ats.
  ["iot data", new RegExp(`^[a-z0-9]+[-.]ats\\.iot\\.(${REGION})$`)],
  ["iot data", new RegExp(`^data\\.iot-fips\\.(${REGION})$`)],
  ["iot data without -ats", new RegExp(`^[a-z0-9]+\\.iot\\.(${REGION})$`)],
  ["iot control", new RegExp(`^iot(?:-fips)?\\.(${REGION})$`)],
  ["s3", new RegExp(`^(?:.+\\.)?s3(?:-fips)?(?:\\.dualstack)?[.-](${REGION})$`)],
  ["s3", /^(?:.+\.)?s3()$/],
  ["kms", new RegExp(`^kms(?:-fips)?\\.(${REGION})$`)],
];

/** The host of a place: a name, or {host, port}. "" if there is none. */
export function hostOf(place: unknown): string {
  const host = place && typeof place === "object" ? (place as { host?: unknown }).host : place;
  return typeof host === "string" ? host : "";
}

/** What a host of AWS is for; undefined for any other host. */
export function awsEndpoint(place: unknown): Endpoint | undefined {
  const host = hostOf(place).toLowerCase().replace(/\.$/, "");
  const name = /^(.+)\.amazonaws\.com(\.cn)?$/.exec(host)?.[1];
  if (name === undefined) return undefined;
  for (const [service, form] of FORMS) {
    const match = form.exec(name);
    if (match) return { host, service, region: match[1]! };
  }
  return { host, service: "aws", region: "" };
}
