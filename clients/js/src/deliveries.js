import { Backoff } from "./backoff.js";
import { RestanteError } from "./errors.js";
import { RefusedAcks } from "./refused_acks.js";

/** More than may be unacknowledged at the broker, which is at most 64. */
const finishedMax = 128;

/** The pauses before a notification is given again to a listener that failed temporarily, ms. */
const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Gives notifications to listeners and, with `ack: "explicit"`, acknowledges each one when its listeners have returned
 * and their promises are fulfilled.
 *
 * A notification that arrives again while a listener still handles it, or whose acknowledgement was lost with the
 * connection, is not given to listeners twice. If a listener fails with an error that says `retry`, such as a reply
 * while the disk was full, the notification is given to it again: the broker would not do that, and the notification
 * keeps its place at the broker until then.
 */
export class Deliveries {
  #how;
  #events;
  #act;
  #onError;
  #say = null;
  #undelivered = [];
  #handled = new Map();
  #finished = new Set();
  #refused = new RefusedAcks((trace) => this.#acknowledge(trace));

  constructor(how, events, act, onError) {
    this.#how = how;
    this.#events = events;
    this.#act = act;
    this.#onError = onError;
  }

  attached(say) {
    this.#say = say;
  }

  /** The broker offers notifications again that no listener got. */
  detached() {
    this.#say = null;
    this.#undelivered = this.#how.ack === "auto" ? this.#undelivered : [];
    this.#refused.clear();
    for (const [trace, handled] of this.#handled) {
      handled.isOffered = false;
      clearTimeout(handled.timer);
      if (handled.timer !== undefined)
        this.#handled.delete(trace); // no listener handles it now
    }
  }

  /** An acknowledgement was refused temporarily and will be repeated. Returns whether that is worth reporting. */
  ackRefused(trace) {
    return this.#say !== null && this.#refused.add(trace);
  }

  received(frame) {
    if (typeof frame.trace !== "string")
      throw new TypeError("the broker delivers what has no trace");
    if (this.#how.ack === "explicit" && this.#isKnown(frame.trace))
      return;
    if (this.#events.has("notification") && this.#undelivered.length === 0)
      this.#hand(frame);
    else if (this.#how.ack !== "auto" || this.#undelivered.length < this.#how.maxWaiting)
      this.#undelivered.push(frame); // the broker bounds the number of unacknowledged notifications
    else
      this.#onError(new RestanteError("overloaded", "a notification is lost: nobody listens, and too many wait already"));
  }

  /**
   * The first listener was added. It is called after `on` has returned, because only then does the caller have the
   * function that stops it.
   */
  listened() {
    queueMicrotask(() => {
      if (!this.#events.has("notification"))
        return;
      for (const frame of this.#undelivered.splice(0))
        this.#hand(frame);
    });
  }

  #isKnown(trace) {
    const handled = this.#handled.get(trace);
    if (handled)
      handled.isOffered = true;
    else if (this.#finished.has(trace))
      this.#acknowledge(trace);
    else
      return false;
    return true;
  }

  /** `pauses` is passed after a failure. */
  #hand(frame, pauses = new Backoff(firstPauseMs, longestPauseMs)) {
    const { trace } = frame;
    const handled = { isOffered: true, isAcknowledged: false, timer: undefined };
    const notification = {
      trace,
      from: frame.from,
      pack: frame.pack,
      suit: frame.suit,
      createdAtMs: frame.created_at_ms,
      expiresAtMs: frame.expires_at_ms,
      attempts: frame.attempts,
      ack: () => {
        handled.isAcknowledged = true;
        return this.#act.ack(trace);
      },
      reply: (value) => this.#act.reply(trace, value),
    };
    if (this.#how.ack !== "explicit") {
      this.#events.emit("notification", notification);
      return;
    }
    this.#handled.set(trace, handled);
    const outcome = this.#events.emitAndAwait("notification", notification);
    if (outcome === undefined)
      this.#finish(trace, handled);
    else
      outcome.then(
        () => this.#finish(trace, handled),
        (error) => this.#fail(frame, handled, pauses, error),
      );
  }

  #finish(trace, handled) {
    this.#handled.delete(trace);
    this.#finished.add(trace);
    if (this.#finished.size > finishedMax)
      this.#finished.delete(this.#finished.values().next().value);
    // A notification whose connection was lost is acknowledged when it is offered again.
    if (handled.isOffered && !handled.isAcknowledged)
      this.#acknowledge(trace);
  }

  #fail(frame, handled, pauses, error) {
    this.#onError(error);
    if (error?.retry !== true || !handled.isOffered || handled.isAcknowledged) {
      this.#handled.delete(frame.trace);
      return;
    }
    handled.timer = setTimeout(() => {
      this.#handled.delete(frame.trace);
      if (this.#events.has("notification"))
        this.#hand(frame, pauses);
      else
        this.#undelivered.push(frame);
    }, pauses.next());
  }

  /** Sent without an id: only a failure is answered, and the answer names the trace. */
  #acknowledge(trace) {
    this.#say?.(JSON.stringify({ op: "notify.ack", trace }));
  }
}
