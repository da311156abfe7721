/** More than can be unacknowledged at the broker: at most 64 are. */
const finishedMax = 128;

/**
 * Notifications on their way to listeners and, by `ack: "explicit"`, back as acknowledgements: each when its listeners have
 * returned and what they promised has come true.
 *
 * One that comes again while it is in a listener's hands, or whose acknowledgement was lost with the connection, is not
 * handed out a second time.
 */
export class Deliveries {
  #how;
  #events;
  #act;
  #onError;
  #say = null;
  #unheard = [];
  #handled = new Map();
  #finished = new Set();

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
    this.#unheard = this.#how.ack === "auto" ? this.#unheard : [];
    for (const handled of this.#handled.values())
      handled.isOffered = false;
  }

  heard(frame) {
    if (typeof frame.trace !== "string")
      throw new TypeError("the broker delivers what has no trace");
    if (this.#how.ack === "explicit" && this.#isKnown(frame.trace))
      return;
    if (this.#events.has("notification") && this.#unheard.length === 0)
      this.#hand(frame);
    else if (this.#unheard.length < this.#how.maxWaiting)
      this.#unheard.push(frame);
  }

  /** There is a listener now. It is called when `on` has returned, or it could not know yet how to stop. */
  listened() {
    queueMicrotask(() => {
      if (!this.#events.has("notification"))
        return;
      for (const frame of this.#unheard.splice(0))
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

  #hand(frame) {
    const { trace } = frame;
    const handled = { isOffered: true, isAcknowledged: false };
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
        (error) => this.#fail(trace, error),
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

  #fail(trace, error) {
    this.#handled.delete(trace);
    this.#onError(error);
  }

  /** Without an id: it is answered only when it fails. */
  #acknowledge(trace) {
    this.#say?.(JSON.stringify({ op: "notify.ack", trace }));
  }
}
