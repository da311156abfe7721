import { Backoff } from "./backoff.js";

/** Longer than the longest pause and the time that a broker takes to give up, ms. */
const calmMs = 30_000;

/** More than can be unacknowledged at the broker. */
const tracesMax = 128;

/**
 * Acknowledgements that the broker refused for now, such as while its disk is full. They are said again, all together, after
 * pauses that grow; until then they hold their places among the `maxInflight`. With the connection they are obsolete, since
 * what was not acknowledged is offered again.
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

  /** Whether it is the first refusal after a while, which is worth telling. */
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
