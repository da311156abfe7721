import { Backoff } from "./backoff.js";

/**
 * What is to be so at the broker for as long as somebody here wants it: subscriptions, or watches. Asked when wanted and
 * connected, again after a reconnect that knows nothing of it, taken back when nobody wants it any more.
 *
 * A registration has `answered(frame)` and `refused(error)`; one that was refused for good is forgotten.
 */
export class Registrations {
  #requests;
  #words;
  #registrations = new Map();
  /** Names nobody wants any more, of which the broker has not said that it knows. */
  #unwanted = new Set();
  /** The timers of those of which it was refused for now. */
  #takingBack = new Map();
  #isAttached = false;

  /** `words`: the two operations, and the field that names what is wanted. */
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

  /** Whatever is thought to be known: it is asked for once more. */
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
        return; // dropped meanwhile
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

  /** What was there before and may be there again is tried for. */
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

  /** Refused for now, it is said again: else the broker would go on telling of it. */
  #takeBack(name, pauses = new Backoff(500, 30_000)) {
    this.#requests.post(this.#words.takeBack, { [this.#words.field]: name }, (_, error) => {
      if (error?.retry && this.#unwanted.has(name) && !this.#registrations.has(name))
        this.#takingBack.set(name, setTimeout(() => this.#takeBack(name, pauses), pauses.next()));
      else
        this.#unwanted.delete(name);
    });
  }
}
