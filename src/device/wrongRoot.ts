// A root certificate that no server's chain ends in: what the trust probe hands the interpreter to see whether it looks.
import type { Bytes } from "../bytes/bytes";
import { base64Bytes } from "../bytes/base64Bytes";

/**
 * The certificate in DER. Made once, and its private key thrown away as it was made:
 *   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -sha256 -set_serial 1 -days 27000 -outform DER
 * with CN=No root of anybody and basicConstraints critical,CA:TRUE. More than 100 bytes: a shorter text would be taken for a path.
 */
export function wrongRoot(): Bytes {
  return base64Bytes(
    "MIIBXjCCAQOgAwIBAgIBATAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJObyByb290IG9mIGFueWJvZHkwIBcNMjYxMTIyMTg1NTQ3" +
    "WhgPMjEwMDEwMjUxODU1NDdaMB0xGzAZBgNVBAMMEk5vIHJvb3Qgb2YgYW55Ym9keTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA" +
    "BMH5prNtLIs7YCeeQAY/7e5oWuSdeH5GEnewwoY6hDxpkdbhKOCjPpi2NYf+Fz0VMOnU5HbPVwiHFxfo6gED8oKjMjAwMA8GA1Ud" +
    "EwEB/wQFMAMBAf8wHQYDVR0OBBYEFLXrvQRgu09SW0Eu7v2cYkiQ7xaNMAoGCCqGSM49BAMCA0kAMEYCIQCkWsXbUzVTZuh7KVjg" +
    "hCvsz7OTT1N8yGYzjVZAf/3iiwIhAIPBJC15LWETp4Y8hMr5JElXiX5cHUjwS2shnQBOg6W9",
  );
}
