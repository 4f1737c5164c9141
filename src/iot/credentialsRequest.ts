// What a board asks the credentials provider (IoT developer guide, "Authorizing direct calls to AWS services using AWS IoT Core credential provider").
import { percentEncode } from "../bytes/percent";
import { place } from "./rest";
import type { Endpoint, RestRequest } from "./rest";

/** The most bytes of an answer. Tokens have 700 to 1,500 characters; AWS promises no limit. */
const LIMIT = 6000;

/** The part of the settings that names the provider. */
export interface ProviderSettings {
  endpoint: Endpoint;
  roleAlias: string;
  thingName?: string;
}

/** The request for credentials. A thing's name, unless it is "", is sent: then it must be attached to the certificate. */
export function credentialsRequest(settings: ProviderSettings, thingName: string, handshakeSeconds: number, silenceSeconds: number): RestRequest {
  const { host, port } = place(settings.endpoint, 443);
  return {
    method: "GET", host: host, port: port, path: "/role-aliases/" + percentEncode(settings.roleAlias) + "/credentials",
    headers: thingName == "" ? [] : [["x-amzn-iot-thingname", thingName]], body: "", limit: LIMIT,
    handshakeSeconds: handshakeSeconds, silenceSeconds: silenceSeconds,
  };
}
