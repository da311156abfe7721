import { RestanteError } from "./errors.js";
import { encodePayload } from "./payload.js";
import { Deferred } from "./deferred.js";

/** After a resume the broker first reports which keys were taken over meanwhile. Leases are renewed only after that. */
const resumeGraceMs = 250;

/** The longest pause before a temporarily refused set is repeated. */
const retryMs = 1000;

/** One held key: set, renewed at half its lease, and set again when the broker has lost it. */
export class Hold {
  #at;
  #leaseMs;
  #by;
  #payload;
  #timer;
  #isSetting = false;
  #mustClear = false;
  #isOver = false;
  #isSet = false;
  #ready = new Deferred();
  #lost = new Deferred();
  /** Updates that wait for the next set, and updates in the current set. */
  #updates = [];
  #carried = [];

  constructor(topic, key, leaseMs, by) {
    this.#at = { topic, key };
    this.#leaseMs = leaseMs;
    this.#by = by;
    this.handle = Object.freeze({
      topic,
      key,
      ready: this.#ready.promise,
      lost: this.#lost.promise,
      update: (payload) => this.update(payload),
      release: () => this.#release(),
    });
  }

  update(payload) {
    if (this.#isOver)
      return Promise.reject(new RestanteError("stale_connection", "the key is held no longer"));
    let encoded;
    try {
      encoded = encodePayload(payload);
    } catch (error) {
      const wrong = new RestanteError("invalid_argument", error.message);
      if (!this.#isSet)
        this.lose(wrong);
      return Promise.reject(wrong);
    }
    const before = this.#payload;
    this.#payload = encoded;
    const update = new Deferred();
    this.#updates.push({ update, before });
    this.#setSoon(0);
    return update.promise;
  }

  #setSoon(ms) {
    clearTimeout(this.#timer);
    if (ms > 0)
      this.#timer = setTimeout(() => this.#set(), ms);
    else
      this.#set();
  }

  /** Sends one set at a time, so that the last payload arrives last. */
  #set() {
    if (this.#isOver || this.#isSetting || !this.#by.isAttached())
      return;
    clearTimeout(this.#timer);
    this.#isSetting = true;
    this.#carried.push(...this.#updates.splice(0));
    const fields = { ...this.#at, payload: this.#payload, ttl_ms: this.#leaseMs };
    this.#by.post("ephemeral.set", fields, (_, error) => this.#onAnswer(error));
  }

  #onAnswer(error) {
    this.#isSetting = false;
    if (this.#isOver) {
      if (this.#mustClear)
        this.#by.letGo();
      return;
    }
    const carried = this.#carried.splice(0);
    if (error)
      this.#onRefused(error, carried);
    else
      this.#onSet(carried);
  }

  #onSet(carried) {
    this.#isSet = true;
    this.#ready.resolve();
    for (const { update } of carried)
      update.resolve();
    this.#setSoon(this.#updates.length > 0 ? 0 : this.#leaseMs / 2);
  }

  #onRefused(error, carried) {
    for (const { update } of carried)
      update.reject(error);
    if (!this.#isSet) {
      this.lose(error);
    } else if (carried.length > 0 && !error.retry) {
      // The broker refused the payload, not the key: the key keeps the previous payload.
      if (this.#updates.length === 0)
        this.#payload = carried[0].before;
      this.#setSoon(this.#updates.length > 0 ? 0 : this.#leaseMs / 4);
    } else if (error.retry) {
      this.#setSoon(Math.min(retryMs, this.#leaseMs / 8));
    } else {
      this.lose(error);
    }
  }

  attached(isResumed) {
    this.#setSoon(isResumed && this.#isSet ? Math.min(resumeGraceMs, this.#leaseMs / 4) : 0);
  }

  /** It is unknown whether the current set was carried out, so it is repeated. */
  detached() {
    clearTimeout(this.#timer);
    this.#isSetting = false;
    this.#updates.unshift(...this.#carried.splice(0));
  }

  /**
   * The current set may take the key back, or may be older than the takeover. Afterwards the key is cleared, so that
   * this client does not hold it by mistake.
   */
  takenOver() {
    this.#mustClear = this.#isSetting;
    this.lose(new RestanteError("stale_connection", "another client has taken the key over"));
  }

  #release() {
    if (this.#isOver)
      return Promise.resolve();
    this.#finish(new RestanteError("stale_connection", "the key was released"));
    return this.#by.release();
  }

  lose(error) {
    if (this.#isOver)
      return;
    this.#finish(error);
    this.#lost.resolve();
  }

  #finish(error) {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#by.over();
    this.#ready.reject(error);
    for (const { update } of [...this.#carried.splice(0), ...this.#updates.splice(0)])
      update.reject(error);
  }
}
