import { Backoff } from "./backoff.js";

/**
 * Subscriptions or watches that exist at the broker for as long as this client wants them. They are requested when
 * wanted and connected, requested again after a reconnect without resume, and removed when they are no longer wanted.
 *
 * A registration has `answered(frame)` and `refused(error)`. A registration that is refused permanently is forgotten.
 */
export class Registrations {
  #requests;
  #words;
  #registrations = new Map();
  /** Names that are no longer wanted, while the broker has not confirmed their removal. */
  #unwanted = new Set();
  /** The timers of removals that were refused temporarily. */
  #takingBack = new Map();
  #isAttached = false;

  /** `words`: the names of the two operations, and of the field that names the registration. */
  constructor(requests, words) {
    this.#requests = requests;
    this.#words = words;
  }

  get(name) {
    return this.#registrations.get(name)?.registration;
  }

  get all() {
    return [...this.#registrations.values()].map(({ registration }) => registration);
  }

  want(name, registration) {
    const one = { name, registration, isKnown: false, wasKnown: false, isAsked: false, pauses: new Backoff(500, 30_000) };
    this.#registrations.set(name, one);
    clearTimeout(this.#takingBack.get(name));
    this.#takingBack.delete(name);
    if (this.#isAttached)
      this.#ask(one);
  }

  drop(name) {
    const one = this.#registrations.get(name);
    if (one === undefined)
      return;
    this.#forget(one);
    if (!one.isKnown && !one.isAsked)
      return;
    this.#unwanted.add(name);
    if (this.#isAttached)
      this.#takeBack(name);
  }

  /** Requests the registration once more, even if the broker may know it. */
  again(name) {
    const one = this.#registrations.get(name);
    if (one && this.#isAttached && !one.isAsked)
      this.#ask(one);
  }

  attached(isResumed) {
    this.#isAttached = true;
    if (!isResumed)
      this.#unwanted.clear();
    for (const name of this.#unwanted) {
      if (this.#registrations.has(name))
        this.#unwanted.delete(name);
      else
        this.#takeBack(name);
    }
    for (const one of this.#registrations.values()) {
      one.isKnown &&= isResumed;
      if (!one.isKnown)
        this.#ask(one);
    }
  }

  detached() {
    this.#isAttached = false;
    for (const timer of [...[...this.#registrations.values()].map((one) => one.timer), ...this.#takingBack.values()])
      clearTimeout(timer);
    this.#takingBack.clear();
  }

  ended() {
    this.detached();
    this.#registrations.clear();
  }

  #ask(one) {
    one.isAsked = true;
    this.#requests.post(this.#words.ask, { [this.#words.field]: one.name }, (frame, error) => {
      one.isAsked = false;
      if (this.#registrations.get(one.name) !== one)
        return; // removed meanwhile
      if (error)
        this.#onRefused(one, error);
      else
        this.#onAnswered(one, frame);
    });
  }

  #onAnswered(one, frame) {
    one.isKnown = one.wasKnown = true;
    one.pauses.reset();
    one.registration.answered(frame);
  }

  /** A registration that existed before and may exist again is retried. */
  #onRefused(one, error) {
    one.isKnown = false;
    if (error.retry && one.wasKnown)
      one.timer = setTimeout(() => this.again(one.name), one.pauses.next());
    else
      this.#forget(one);
    one.registration.refused(error);
  }

  #forget(one) {
    clearTimeout(one.timer);
    this.#registrations.delete(one.name);
  }

  /** Repeats a temporarily refused removal: otherwise the broker would keep sending. */
  #takeBack(name, pauses = new Backoff(500, 30_000)) {
    this.#requests.post(this.#words.takeBack, { [this.#words.field]: name }, (_, error) => {
      if (error?.retry && this.#unwanted.has(name) && !this.#registrations.has(name))
        this.#takingBack.set(name, setTimeout(() => this.#takeBack(name, pauses), pauses.next()));
      else
        this.#unwanted.delete(name);
    });
  }
}
