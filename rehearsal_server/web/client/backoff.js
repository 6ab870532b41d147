// When to try again: exponential, with full jitter, so that the clients of a restarted server do
// not all come back at the same moment (Brooker, "Exponential Backoff And Jitter", AWS 2015).

const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/**
 * @param {number} attempt 0 for the first
 * @param {() => number} random in [0, 1)
 * @returns {number} milliseconds to wait
 */
export function backoffMs(attempt, random = Math.random) {
  return Math.round(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt));
}
