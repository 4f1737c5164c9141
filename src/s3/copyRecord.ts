/** The record in flash of a download's copy over the old file that is under way: "size path". */
export const COPY = "s3.copy";
