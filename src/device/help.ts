// device.help(): every command in a short line, or one command with all there is to say.
import type { Failure } from "../flow/failure";
import { failure } from "../flow/failure";
import type { SeldomCommand } from "./seldom";

/** A text up to its first semicolon, or colon with a space behind. */
function firstPart(text: string): string {
  for (let i = 0; i < text.length; i++) if (text[i] == ";" || (text[i] == ":" && text[i + 1] == " ")) return text.substr(0, i);
  return text;
}

/** The lines to print for `command`, or for all commands. */
export function helpLines(command: string | undefined): string[] | Failure {
  // One line a command: how it is called, then what it does.
  const table = (
    "help([command]) | this list, or one command\n" +
    "status() | clock, network, memory, settings; the link to AWS IoT, what waits for it, the last loss\n" +
    "why() | why the last command failed: what the server said, the cause, the next step, what differs in a signature\n" +
    "selfTest() | checks hashes, signing, clock, memory, flash; and, with a network, whether this interpreter checks a server's certificate\n" +
    'configure(patch) | changes settings: configure({s3:{bucket:"my-logs"}}); null takes one away\n' +
    "syncTime() | sets the clock by SNTP; S3 needs it right to 15 minutes\n" +
    "put(path, key?, options?) | uploads a file from the card; the key is s3.prefix and the file's name unless given; options: payload, multipart, partSize, " +
    "contentType, metadata, storageClass, ifNoneMatch, ifMatch, encryption\n" +
    "get(key, path?, options?) | downloads an object to the card; the old file stays until the new one is complete; after a cut the next call goes on; options: {first, length} bytes of it, {piece} bytes a request, {versionId}, {verify:true} only what its manifest says\n" +
    "resume() | goes on with every upload that a reset or a failure left unfinished\n" +
    "ship(options?) | uploads every log of logs.directory that is ready, the oldest first, and deletes or marks what S3 confirmed; {max:10} tries ten at most\n" +
    "log(line) | appends a line to the log of this board's programs; resolves when it is on the card\n" +
    "head(key) | size, date, etag, encryption and metadata of an object, without its bytes\n" +
    "list(prefix?, options?) | the objects whose keys begin so, 20 unless {max:...}; {delimiter:\"/\"} folds what goes on after it; {each:function(entry){}} gets them all one by one\n" +
    "remove(key) | deletes an object; a missing one is no error to S3\n" +
    "presign(method, key, seconds) | a URL for GET, PUT, HEAD or DELETE of one object, good for 1 to 604800 seconds\n" +
    "putUrl(url, path, getUrl?) | uploads a file by a presigned URL from elsewhere; with a URL for GET of the object its size is looked at\n" +
    "getUrl(url, path?) | downloads by a presigned URL from elsewhere; without a path only the size\n" +
    "update(key, options?) | replaces the image by a newer signed one (espruino-aws manifest --image): verified, tried once after a restart, confirmed when it has reached S3 or AWS IoT, " +
    "rolled back otherwise; {again:true} one that was rolled back; {confirm:true} confirms now\n" +
    "aliases(options?) | the KMS key aliases in s3.region, 20 unless {max:...}\n" +
    "connect() | connects to AWS IoT by MQTT with the board's certificate, and again after every loss, until disconnect(); takes jobs with iot.jobs, messages with work with iot.inbox\n" +
    "disconnect() | ends the MQTT connection; the session stays, here and at the broker\n" +
    "publish(topic, payload, options?) | sends a message to AWS IoT; QoS 1 unless {qos:0}; {retain:true}; without a connection QoS 1 and 2 are kept in flash and sent later; {https:true} sends at once by HTTPS\n" +
    "subscribe(filter, listener, options?) | has function(topic, payload, info) called for every message; QoS 1 unless {qos:0}\n" +
    "unsubscribe(filter) | ends a subscription\n" +
    "shadow.get(name?) | the shadow of the thing, or a named one; .report(state, name?) and .desire(state, name?) change it, null takes a member away; " +
    ".remove(name?) deletes it; .list() names the named ones; .onDelta(listener, name?) calls function(delta, version); by MQTT when connected, by HTTPS otherwise"
  ).split("\n");
  // "put", "device.put" and "put()" are the same, and so are "shadow" and "shadow.report".
  const words = ("" + (command || "")).split("(")[0]!.split(".");
  const name = words[words[0] == "device" ? 1 : 0];
  const lines = table
    .filter((line) => !name || line.split("(")[0]!.split(".")[0] == name)
    .map(function (line) {
      const parts = line.split(" | ");
      return name ? "device." + parts[0] + "\n  " + parts[1] : "device." + parts[0]!.padEnd(27) + " " + firstPart(parts[1]!);
    });
  if (lines.length) return lines;
  return failure("argument", "There is no command " + name, "device.help() lists them.");
}

/** device.help([command]). */
export const helpCommand: SeldomCommand = function (services, started, done, command) {
  const lines = helpLines(command);
  if (!(lines instanceof Array)) return done(lines);
  for (const line of lines) services.platform.console.print(line);
  if (!command) services.platform.console.print('device.help("put") tells all of one command');
  done(undefined, lines);
};
