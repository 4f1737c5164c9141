// What typically makes one line of what is signed differ (AWS General Reference, "Create a signed AWS API request"; what users met).

/** The rows, by the part of the canonical request or the string to sign, or by what the comparison showed. */
export function lineTexts(): string {
  return (
    ",method,|The method is signed: a URL for $found:GET$ does not serve $method:HEAD$.|Sign the method sent. For a size: GET with Range: bytes=0-0|" +
    ",path,|The path signed is not the path sent.|S3: %XX once, upper case, / kept, no query in it.|" +
    ",query,|The query signed is not the one sent.|Encode, sort, and give each name an =: ?uploads is signed as uploads=|" +
    ",host,|The host signed is not the host sent.|Connect, send and sign one name, with its port unless 443.|" +
    ",unsent,|$name$ is signed but was not sent.|Send every signed header.|" +
    ",value,|$name$ was sent with another value than signed.|Take both from one place.|" +
    ",names,|$name:Names$: header lines and SignedHeaders differ.|Make both from one list.|" +
    ",order,|The header lines are not sorted.|Sort by lower-case name; the order sent is free.|" +
    ",blank,|Lines are missing or too many here.|Header lines, an empty line, signed names, payload hash, no LF at the end.|" +
    ",payload,|The payload hash signed is not x-amz-content-sha256.|Hash the exact body once; use it in both places.|" +
    ",crlf,|A CR is in what is signed.|Only LF ends lines there; CRLF is for HTTP.|" +
    ",algorithm,|The first line must be AWS4-HMAC-SHA256.|Sign and send that word.|" +
    ",date,|The date signed is not x-amz-date.|Take the time once, in UTC, for header, scope and string to sign.|" +
    ",scope,|Credential= in Authorization has another scope than signed.|Make both from one text.|" +
    ",hash,|The canonical request hashed is not the one shown, or has a line end more.|Hash exactly those lines.|" +
    ",chunk,|A chunk's signature was refused, the head was not.|Hash the chunk as sent; chain it to the signature before.|" +
    ",sent,|The signature sent is not the one computed: an old buffer, or other code.|Build Authorization from the last result.|" +
    ",hexkey,|Hex text was used as HMAC key.|The key of each step is the 32 raw bytes of the one before.|" +
    ",secret,|Nothing differs and the self test passed: the secret is wrong.|Copy credentials.secretAccessKey again, whole, without space or line end.|" +
    ",derivation,|The self test failed: hash or key derivation of this build is wrong, not the secret.|HMAC keys are raw bytes, not hex text. Install the image again.|" +
    ",untested,|Nothing differs: the secret or the key derivation is wrong.|device.selfTest() tells which.|" +
    ",unseen,|S3 did not send what it signed.|Ask by GET: an answer to HEAD has no body.|"
  );
}
