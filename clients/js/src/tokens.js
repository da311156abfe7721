/** A token is renewed when this part of its lifetime is over, but not more than this long before its end, ms. */
const spentPart = 3 / 4;
const aheadMs = 60_000;

/** The pause after a failed attempt to get a token, ms. */
const retryMs = 1000;

const timerMax = 0x7fffffff;

/** The present token, and the source of the next one. */
export class Tokens {
  #source;
  #current;
  #timer;

  constructor(token) {
    if (typeof token === "function")
      this.#source = token;
    else
      this.#current = token;
  }

  /** Whether there is a function that gives another token. */
  get isAsked() {
    return this.#source !== undefined;
  }

  get current() {
    return this.#current;
  }

  /** Replaces the token after `refreshToken`. */
  replace(token) {
    this.#current = token;
  }

  async next() {
    const token = await this.#source();
    if (typeof token !== "string")
      throw new TypeError("the token function answered no string");
    this.#current = token;
    return token;
  }

  /** Calls `refresh(token)` with the next token before this one expires. */
  expireIn(ms, refresh, failed) {
    this.forget();
    if (!this.isAsked || !(ms >= 0))
      return;
    const end = performance.now() + ms;
    const wait = Math.max(ms * spentPart, ms - aheadMs);
    this.#timer = setTimeout(() => this.#refresh(end, refresh, failed), Math.min(wait, timerMax));
  }

  async #refresh(end, refresh, failed) {
    const timer = this.#timer;
    try {
      const token = await this.next();
      if (timer === this.#timer)
        await refresh(token);
    } catch (error) {
      failed(error);
      if (timer === this.#timer && performance.now() + retryMs < end)
        this.#timer = setTimeout(() => this.#refresh(end, refresh, failed), retryMs);
    }
  }

  forget() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
