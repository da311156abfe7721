import { Emitter } from "./emitter.js";
import { RestanteError } from "./errors.js";
import { Deferred } from "./deferred.js";

/** The public view of a feed. */
export class TopicView {
  #feed;
  #act;
  #ready = new Deferred();
  #events;
  #tell;
  #isClosed = false;

  constructor(feed, act, tell) {
    this.#feed = feed;
    this.#act = act;
    this.#tell = tell;
    this.#events = new Emitter(tell.onError);
  }

  get name() {
    return this.#feed.name;
  }

  get entries() {
    return this.#feed.entries;
  }

  get epoch() {
    return this.#feed.epoch;
  }

  get seq() {
    return this.#feed.seq;
  }

  get live() {
    return this.#feed.isLive && !this.#isClosed;
  }

  get ready() {
    return this.#ready.promise;
  }

  on(event, listener) {
    return this.#events.on(event, listener);
  }

  set(key, payload, how) {
    return this.#act.set(this.name, key, payload, how);
  }

  clear(key) {
    return this.#act.clear(this.name, key);
  }

  hold(key, payload, how) {
    return this.#act.hold(this.name, key, payload, how);
  }

  publish(data) {
    return this.#act.publish(this.name, data);
  }

  close() {
    if (this.#isClosed)
      return;
    this.#isClosed = true;
    this.#events.clear();
    this.#ready.reject(new RestanteError("stale_connection", "the view was closed"));
    this.#tell.closed();
  }

  // Below: only for the feed.

  emit(event, value) {
    this.#events.emit(event, value);
  }

  shown() {
    this.#ready.resolve(this);
    this.#events.emit("change", { kind: "snapshot" });
  }

  refused(error) {
    const isNews = this.#ready.isSettled;
    this.#ready.reject(error);
    // Code that awaits the view gets the rejection. A view that fails later must not fail silently.
    if (isNews && !this.#events.has("error"))
      this.#tell.onError(error);
    this.#events.emit("error", error);
  }

  ended(error) {
    this.#ready.reject(error);
  }
}
