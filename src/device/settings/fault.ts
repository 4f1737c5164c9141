// What is wrong with one value of a setting. Pure: the command line of a real board uses the same code.
// Loaded when it is needed: a function that makes functions costs a board one of them while nobody calls it.
import { find } from "../../bytes/find";

/** Makes the function that answers what a value of a kind should be, in words, or "" if it is; its first argument is the line of the spec. */
export function loadSettingFault(): (words: string[], value: any) => string {
  const LETTERS = "abcdefghijklmnopqrstuvwxyz", DIGITS = "0123456789";

  function only(text: string, allowed: string): boolean {
    for (let i = 0; i < text.length; i++) if (allowed.indexOf(text[i]!) < 0) return false;
    return true;
  }

  /** A URL in the place of a host name is the most common mistake. */
  function hostFault(text: unknown): string {
    if (typeof text != "string" || text == "") return "a host name";
    if (text.indexOf("/") >= 0) return "a host name alone, without https:// and path";
    if (text.indexOf(":") >= 0) return "a host name without a port; a port has its own setting";
    if (text.indexOf("_") >= 0) return "a host name; it cannot hold an underscore";
    return only(text.toLowerCase(), LETTERS + DIGITS + ".-") && text.length < 254 ? "" : "a host name";
  }

  /** S3 user guide, "Bucket naming rules". */
  function bucketFault(text: unknown): string {
    if (typeof text != "string" || text.length < 3 || text.length > 63) return "a bucket name of 3 to 63 characters";
    if (text.indexOf("_") >= 0) return "a bucket name; it cannot hold an underscore";
    if (text != text.toLowerCase()) return "a bucket name in lower case";
    const edges = LETTERS + DIGITS;
    const last = text[text.length - 1]!;
    return only(text, edges + ".-") && edges.indexOf(text[0]!) >= 0 && edges.indexOf(last) >= 0 && find(text, "..") < 0
      ? "" : "a bucket name alone: a-z, 0-9, dots and hyphens, beginning and ending with a letter or digit";
  }

  /** A host, or {host, port}. */
  function placeFault(value: any): string {
    if (!value || typeof value != "object") return hostFault(value);
    return hostFault(value.host) || (value.port === undefined || (value.port > 0 && value.port < 65536) ? "" : "a host with a port from 1 to 65535");
  }

  function hostsFault(value: unknown): string {
    if (!(value instanceof Array) || !value.length) return "a list of at least one host";
    for (const host of value) {
      const wrong = placeFault(host);
      if (wrong) return "a list whose entries are each " + wrong;
    }
    return "";
  }

  /** What AWS IoT lets publish to; $aws/rules/NAME/ does not count. */
  function isTopic(text: string): boolean {
    const slashes = text.split("/").length - (text.startsWith("$aws/rules/") ? 4 : 1);
    return text != "" && text.length < 257 && slashes < 8 && text.indexOf("+") < 0 && text.indexOf("#") < 0 && find(text, "\0") < 0;
  }

  /** What a value of a kind should be, in words, if `value` is not; "" if it is. `words` is the line of the spec: path, kind, limits. */
  function settingFault(words: string[], value: any): string {
    switch (words[1]) {
      case "text":
        return typeof value == "string" && value != "" ? "" : "a text";
      case "secret":
        if (typeof value != "string" || value == "") return "a text";
        return value.trim() == value ? "" : "a text without a space or line end before or after it";
      case "number": {
        const fits = typeof value == "number" && value >= +words[2]! && value <= +words[3]! && Math.floor(value) == value;
        return fits ? "" : "a whole number from " + words[2] + " to " + words[3];
      }
      case "flag":
        return typeof value == "boolean" ? "" : "true or false";
      case "choice":
        return words[2]!.split("|").indexOf(value) >= 0 ? "" : "one of " + words[2]!.split("|").join(", ");
      case "host":
        return hostFault(value);
      case "place":
        return placeFault(value);
      case "hosts":
        return hostsFault(value);
      case "bucket":
        return bucketFault(value);
      case "region":
        return typeof value == "string" && value.split("-").length > 2 && only(value, LETTERS + DIGITS + "-") ? "" : "a region's code";
      case "pin":
        return (typeof value == "number" && value >= 0) || (typeof value == "string" && value != "") ? "" : "a pin";
      case "topic":
        return typeof value == "string" && isTopic(value) ? "" : "a topic of at most 256 bytes and 7 slashes, without + and #";
      case "account":
        return typeof value == "string" && value.length == 12 && only(value, DIGITS) ? "" : "an account number of 12 digits, as text";
    }
    return "";
  }

  return settingFault;
}
