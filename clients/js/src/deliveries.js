import { Backoff } from "./backoff.js";
import { RestanteError } from "./errors.js";
import { RefusedAcks } from "./refused_acks.js";

/** More than can be unacknowledged at the broker: at most 64 are. */
const finishedMax = 128;

/** Pauses before a notification is handed out again whose listener failed at something that passes, ms. */
const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Notifications on their way to listeners and, by `ack: "explicit"`, back as acknowledgements: each when its listeners have
 * returned and what they promised has come true.
 *
 * One that comes again while it is in a listener's hands, or whose acknowledgement was lost with the connection, is not
 * handed out a second time. One whose listener failed with an error that says `retry`, such as a reply that found the disk
 * full, is: nobody else would, and it holds its place at the broker until then.
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

  /** What nobody has heard comes again. */
  detached() {
    this.#say = null;
    this.#undelivered = this.#how.ack === "auto" ? this.#undelivered : [];
    this.#refused.clear();
    for (const [trace, handled] of this.#handled) {
      handled.isOffered = false;
      clearTimeout(handled.timer);
      if (handled.timer !== undefined)
        this.#handled.delete(trace); // in nobody's hands now
    }
  }

  /** An acknowledgement was refused for now: it is said again. Whether that is worth telling. */
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
      this.#undelivered.push(frame); // what is acknowledged here the broker bounds
    else
      this.#onError(new RestanteError("overloaded", "a notification is lost: nobody listens, and too many wait already"));
  }

  /** There is a listener now. It is called when `on` has returned, or it could not know yet how to stop. */
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

  /** `pauses`: it failed before. */
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
    // What was lost with its connection is acknowledged when it comes again.
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

  /** Without an id: it is answered only when it fails, and then with its trace. */
  #acknowledge(trace) {
    this.#say?.(JSON.stringify({ op: "notify.ack", trace }));
  }
}
