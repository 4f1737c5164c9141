// The command `npm run cloud`: runs the local cloud alone and prints one line of JSON that says how to reach it.
import { program, InvalidArgumentError } from "commander";
import { startCloud, type CloudOptions } from "./index";

interface Options extends Omit<CloudOptions, "credentials"> {
  accessKeyId?: string;
  secretAccessKey?: string;
}

program
  .name("cloud")
  .description("A strict local S3, KMS, IoT and NTP server. Prints one line of JSON, then runs until it is stopped.")
  .option("--host <address>", "address to listen on", "127.0.0.1")
  .option("--s3-port <port>", "port of S3 (0: a free one)", readPort, 0)
  .option("--ntp-port <port>", "port of NTP (0: a free one)", readPort, 0)
  .option("--kms-port <port>", "port of KMS (0: a free one)", readPort, 0)
  .option("--mqtt-port <port>", "port of IoT's MQTT (0: a free one)", readPort, 0)
  .option("--iot-rest-port <port>", "port of IoT's HTTPS (0: a free one)", readPort, 0)
  .option("--credentials-port <port>", "port of AWS IoT's credentials provider (0: a free one)", readPort, 0)
  .option("--thing-name <name>", "thing that the device's certificate is attached to", "board-17")
  .option("--bucket <name>", "name of the bucket", "device-logs")
  .option("--region <name>", "region", "eu-central-1")
  .option("--account <id>", "account that owns the bucket, 12 digits", readAccount, "111122223333")
  .option("--directory <path>", "where certificates and keys are kept and found again (default: a temporary directory, removed at the end)")
  .option("--access-key-id <id>", "access key id (default: random)")
  .option("--secret-access-key <key>", "secret access key (default: random)")
  .parse();

const { accessKeyId, secretAccessKey, ...options } = program.opts<Options>();
if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
  program.error("error: --access-key-id and --secret-access-key are given together or not at all");
}

// Before the first await: a signal during the start must not leave the temporary directory behind.
const stopped = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
});
try {
  const cloud = await startCloud({
    ...options,
    ...(accessKeyId !== undefined && secretAccessKey !== undefined ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  });
  console.log(JSON.stringify(cloud.describe()));
  await stopped;
  await cloud.close();
} catch (error) {
  program.error(`error: the cloud did not start: ${error instanceof Error ? error.message : String(error)}`);
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
}

function readAccount(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError("An account id has 12 digits.");
  return text;
}
