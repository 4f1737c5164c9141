// What typically makes one line of what is signed differ (AWS General Reference, "Create a signed AWS API request", and what users met),
// as rows for explanation().

/** The rows, by the part of the canonical request or the string to sign, or by what the comparison showed. */
export function lineTexts(): string {
  return (
    ",method,|The method is signed: a URL for $found:GET$ does not serve $method:HEAD$.|For a size: GET with Range: bytes=0-0|" +
    ",path,|The path signed is not the one sent.|%XX once, upper case, / kept, no query.|" +
    ",query,|The query signed is not the one sent.|Encode, sort, = after every name: ?uploads is signed as uploads=|" +
    ",host,|The host signed is not the one sent$both:$.|Connect to, send and sign one name, with its port unless 443.|" +
    ",value,|$name$ was not sent, or not as signed.|Send the value signed: trimmed, inner spaces single.|" +
    ",names,|$name$: header lines and SignedHeaders differ.|one|" +
    ",order,|The header lines are not sorted.|Sort by lower-case name; the order sent is free.|" +
    ",blank,|A line is missing or too many.|Headers, empty line, names, hash, no LF at the end.|" +
    ",payload,|The payload hash signed is not x-amz-content-sha256.|Hash the exact body once, for both.|" +
    ",crlf,|A CR is in what is signed.|Lines end in LF there; CRLF is for HTTP.|" +
    ",date,|The date signed is not x-amz-date.|one|" +
    ",scope,|Authorization has another algorithm or scope than signed.|one|" +
    ",one,|Make both from one value.|" +
    ",hash,|The canonical request hashed is another, or has a line end more.|Hash it as S3 shows it.|" +
    ",chunk,|The head was right, a chunk's signature was not.|Hash the chunk as sent; chain it to the signature before.|" +
    ",sent,|The signature sent is not the one computed: an old buffer, or other code.|Send the last one computed.|" +
    ",hexkey,|Hex text was used as HMAC key.|raw|" +
    ",secret,|Nothing differs, the self test passed: the secret is wrong.|Copy secretAccessKey again: whole, no space or line end.|" +
    ",derivation,|The self test failed: this build hashes or derives keys wrongly.|raw|" +
    ",raw,|HMAC keys are the 32 raw bytes, not hex text.|" +
    ",untested,|Nothing differs: secret or key derivation is wrong.|device.selfTest() tells which.|" +
    ",unseen,|S3 did not send what it signed.|Ask by GET: HEAD has no body.|"
  );
}
