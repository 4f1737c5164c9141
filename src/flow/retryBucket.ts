// What retries may cost: the part that every success needs, and so every command.

/** Tokens shared by all requests to a service. */
export interface RetryBucket {
  tokens: number;
}

export const FULL = 500;

/** After a success: gives back what its last retry cost, or 1 if it needed none. */
export function giveBack(bucket: RetryBucket, cost: number): void {
  bucket.tokens += cost || 1;
  if (bucket.tokens > FULL) bucket.tokens = FULL;
}
