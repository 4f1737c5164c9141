// Types of the part of aws4 (npm, 1.13) that the signature check uses; the package brings none.
declare module "aws4" {
  export interface Credentials {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string | undefined;
  }
  export interface Request {
    method?: string;
    path?: string;
    host?: string;
    service?: string;
    region?: string;
    headers?: Record<string, string | number>;
    body?: string;
    signQuery?: boolean;
    doNotModifyHeaders?: boolean;
    extraHeadersToInclude?: Record<string, boolean>;
  }
  export class RequestSigner {
    constructor(request: Request, credentials: Credentials);
    /** YYYYMMDDTHHMMSSZ; taken from the Date header or the clock when not set. */
    datetime?: string;
    /** [lower-case name, value] sorted by name; taken from the headers when not set. */
    filteredHeaders?: [string, string][];
    signature(): string;
    canonicalString(): string;
    stringToSign(): string;
  }
  export function sign<T extends Request>(request: T, credentials: Credentials): T & { headers: Record<string, string>; path: string };
  const aws4: { sign: typeof sign; RequestSigner: typeof RequestSigner };
  export default aws4;
}
