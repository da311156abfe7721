/** Pauses between attempts. Each is twice the previous one, cut by up to a half at random. */
export class Backoff {
  #firstMs;
  #longestMs;
  #nextMs;
  #random;

  constructor(firstMs, longestMs, random = Math.random) {
    this.#firstMs = Math.max(1, firstMs);
    this.#longestMs = Math.max(this.#firstMs, longestMs);
    this.#nextMs = this.#firstMs;
    this.#random = random;
  }

  next() {
    const whole = this.#nextMs;
    this.#nextMs = Math.min(whole * 2, this.#longestMs);
    return Math.ceil(whole - (whole / 2) * this.#random());
  }

  /** The attempt succeeded: the next pause is the first one again. */
  reset() {
    this.#nextMs = this.#firstMs;
  }
}
