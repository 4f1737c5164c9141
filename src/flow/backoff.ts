// When to try again: full jitter (AWS Architecture Blog, "Exponential backoff and jitter") and a bucket of tokens that keeps a board from
// storming a service in trouble (the retry quota of AWS's SDKs, standard mode).

/** Milliseconds to wait before try number `attempt` + 1: `fraction` (0 <= x < 1) of a ceiling that doubles from `base` up to `cap`. */
export function fullJitter(base: number, cap: number, attempt: number, fraction: number): number {
  let ceiling = base;
  for (let i = 0; i < attempt && ceiling < cap; i++) ceiling *= 2;
  return Math.floor(fraction * (ceiling < cap ? ceiling : cap));
}

/** Tokens shared by all requests to a service. */
export interface RetryBucket {
  tokens: number;
}

const FULL = 500, RETRY_COST = 5, TIMEOUT_COST = 10;

export function fullBucket(): RetryBucket {
  return { tokens: FULL };
}

/** Takes what a retry costs, more after a time-out; answers the cost, or 0 if there is not enough left and no retry may be made. */
export function takeRetry(bucket: RetryBucket, timedOut: boolean): number {
  const cost = timedOut ? TIMEOUT_COST : RETRY_COST;
  if (bucket.tokens < cost) return 0;
  bucket.tokens -= cost;
  return cost;
}

/** After a success: gives back what its last retry cost, or 1 if it needed none. */
export function giveBack(bucket: RetryBucket, cost: number): void {
  bucket.tokens += cost || 1;
  if (bucket.tokens > FULL) bucket.tokens = FULL;
}
