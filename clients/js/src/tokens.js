/** Asked again when so much of its time is over, or this long before its end, ms. */
const spentPart = 3 / 4;
const aheadMs = 60_000;

/** Where no token was to be had, it is tried again, ms. */
const retryMs = 1000;

const timerMax = 0x7fffffff;

/** The token there is, and where the next one comes from. */
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

  /** Whether there is somebody to ask for another one. */
  get isAsked() {
    return this.#source !== undefined;
  }

  get current() {
    return this.#current;
  }

  /** One that was refreshed by hand. */
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

  /** Calls `refresh(token)` with the next one in time before this one ends. */
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
