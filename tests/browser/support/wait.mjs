// Waits for conditions with a deadline, and without sleeps of a fixed length.

/** A wait that takes longer has failed. Long enough for two slow cores, and for a broker with sanitizers. */
export const deadlineMs = 25_000;

/** Polls `condition`, which may be async, until its result is true. Returns that result. */
export async function until(condition, what) {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${deadlineMs / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
