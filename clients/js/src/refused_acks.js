import { Backoff } from "./backoff.js";

/** Longer than the longest pause plus the time after which a broker gives up, ms. */
const calmMs = 30_000;

/** More than may be unacknowledged at the broker. */
const tracesMax = 128;

/**
 * Acknowledgements that the broker refused temporarily, for example while its disk was full. They are repeated all
 * together, after growing pauses. Until then they keep their places among the `maxInflight`. When the connection ends
 * they are obsolete, because unacknowledged notifications are offered again.
 */
export class RefusedAcks {
  #traces = new Set();
  #say;
  #pauses;
  #timer;
  #refusedAt = -Infinity;
  #now;

  constructor(say, { firstMs = 100, longestMs = 5000, now = () => performance.now() } = {}) {
    this.#say = say;
    this.#pauses = new Backoff(firstMs, longestMs);
    this.#now = now;
  }

  /** Adds a refused acknowledgement. Returns whether it is the first one after a while, which is worth reporting. */
  add(trace) {
    const isFirst = this.#now() - this.#refusedAt > calmMs;
    this.#refusedAt = this.#now();
    if (isFirst)
      this.#pauses.reset();
    if (this.#traces.size < tracesMax)
      this.#traces.add(trace);
    this.#timer ??= setTimeout(() => this.#sayAgain(), this.#pauses.next());
    return isFirst;
  }

  #sayAgain() {
    const traces = [...this.#traces];
    this.clear();
    for (const trace of traces)
      this.#say(trace);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#traces.clear();
  }
}
