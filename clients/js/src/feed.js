import { EntryMap, entriesOf, entryOfEvent } from "./entries.js";

/**
 * The state of one topic according to its subscription: a snapshot, and then the events after its `seq`, one by one
 * (spec E10, E11). All views of the topic show this state.
 *
 * The feed is live while no event is known to be missing. After an interruption or a gap, events change nothing until a
 * new snapshot has arrived.
 */
export class Feed {
  entries = new EntryMap();
  epoch = 0;
  seq = 0;
  isLive = false;
  #views = new Set();
  #askAgain;

  constructor(name, askAgain) {
    this.name = name;
    this.#askAgain = askAgain;
  }

  join(view) {
    this.#views.add(view);
    if (this.isLive)
      queueMicrotask(() => this.isLive && this.#views.has(view) && view.shown());
  }

  leave(view) {
    this.#views.delete(view);
  }

  get isUnused() {
    return this.#views.size === 0;
  }

  // --- frames of the broker --------------------------------------------------------------------

  received(frame) {
    switch (frame._orama) {
      case "ephemeral.snapshot":
        this.#show(frame);
        break;
      case "ephemeral.set":
        if (this.#isNext(frame))
          this.#onSet(frame);
        break;
      case "ephemeral.clear":
        if (this.#isNext(frame))
          this.#onClear(frame);
        break;
      case "topic.message":
        if (this.#isNext(frame)) {
          this.seq = frame.seq;
          this.#tell("message", { clientId: frame.client_id, data: frame.data });
        }
        break;
    }
  }

  /** The broker has answered the subscription, for the first time or again. */
  answered(frame) {
    // The subscription may have been repeated only to make sure that it exists.
    if (!this.isLive || frame.epoch !== this.epoch || frame.seq !== this.seq)
      this.#show(frame);
  }

  /** A live view never returns to an older state. */
  #show(frame) {
    if (this.isLive && (frame.epoch < this.epoch || (frame.epoch === this.epoch && frame.seq < this.seq)))
      return;
    this.entries.reset(entriesOf(frame.entries));
    this.epoch = frame.epoch;
    this.seq = frame.seq;
    this.isLive = true;
    for (const view of this.#views)
      view.shown();
  }

  /** Whether this event directly follows the known state. A gap makes the feed ask for a snapshot. */
  #isNext(frame) {
    if (!this.isLive)
      return false;
    if (frame.epoch === this.epoch) {
      if (frame.seq <= this.seq)
        return false;
      if (frame.seq === this.seq + 1)
        return true;
    } else if (frame.epoch < this.epoch) {
      return false;
    } else if (frame.seq === 1) { // the topic was created again, and this is its first event
      this.#show({ entries: [], epoch: frame.epoch, seq: 0 });
      return true;
    }
    this.isLive = false;
    this.#askAgain();
    return false;
  }

  /** Decodes the entry before anything changes: an event that cannot be decoded leaves a gap, which is noticed. */
  #onSet(frame) {
    const entry = entryOfEvent(frame);
    this.seq = frame.seq;
    this.entries.put(entry);
    this.#tell("change", { kind: "set", entry });
  }

  #onClear(frame) {
    this.seq = frame.seq;
    const entry = this.entries.remove(frame.key);
    if (entry !== undefined)
      this.#tell("change", { kind: "clear", entry, reason: frame.reason });
  }

  #tell(event, value) {
    for (const view of this.#views)
      view.emit(event, value);
  }

  // --- interruptions and the end ---------------------------------------------------------------

  interrupted() {
    this.isLive = false;
  }

  refused(error) {
    this.isLive = false;
    for (const view of this.#views)
      view.refused(error);
  }

  ended(error) {
    this.isLive = false;
    for (const view of this.#views)
      view.ended(error);
  }
}
