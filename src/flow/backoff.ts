// When to try again: full jitter (AWS Architecture Blog, "Exponential backoff and jitter") and a bucket of tokens that keeps a board from
// storming a service in trouble (the retry quota of AWS's SDKs, standard mode).
import { FULL } from "./retryBucket";
import type { RetryBucket } from "./retryBucket";

/** Milliseconds to wait before try number `attempt` + 1: `fraction` (0 <= x < 1) of a ceiling that doubles from `base` up to `cap`. */
export function fullJitter(base: number, cap: number, attempt: number, fraction: number): number {
  let ceiling = base;
  for (let i = 0; i < attempt && ceiling < cap; i++) ceiling *= 2;
  return Math.floor(fraction * (ceiling < cap ? ceiling : cap));
}

/** What a refused certificate counts for in attempts, and the least wait after it, milliseconds: it does not change in seconds, and is told seldom. */
export const HOPELESS = 8, HOPELESS_LEAST = 60000;

const RETRY_COST = 5, TIMEOUT_COST = 10;

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
