import { Deferred } from "./deferred.js";
import { RestanteError } from "./errors.js";
import { Registrations } from "./registrations.js";

/** The clients that this client watches. Several watches of one client share one request to the broker. */
export class Watches {
  #registrations;
  #onError;
  #end = null;

  constructor(requests, onError) {
    this.#onError = onError;
    this.#registrations = new Registrations(requests, { ask: "client.watch", takeBack: "client.unwatch", field: "client" });
  }

  watch(client, listener) {
    if (typeof listener !== "function")
      throw new TypeError("a listener is a function");
    const shared = this.#registrations.get(client) ?? new Watched(client, this.#onError);
    const watch = new Watch(shared, listener, () => this.#onClosed(shared, watch));
    if (this.#end) {
      watch.refused(this.#end);
      return watch;
    }
    shared.join(watch);
    if (this.#registrations.get(client) !== shared)
      this.#registrations.want(client, shared);
    return watch;
  }

  #onClosed(shared, watch) {
    shared.watches.delete(watch);
    if (shared.watches.size === 0 && this.#registrations.get(shared.client) === shared)
      this.#registrations.drop(shared.client);
  }

  received(frame) {
    if (typeof frame.connected === "boolean")
      this.#registrations.get(frame.client)?.told(frame.connected);
  }

  attached(isResumed) {
    this.#registrations.attached(isResumed);
  }

  detached() {
    this.#registrations.detached();
  }

  /** See `Topics.checkRights`. */
  checkRights() {
    for (const { client } of this.#registrations.all)
      this.#registrations.again(client);
  }

  closing() {
    this.#end ??= new RestanteError("stale_connection", "the connection is being closed");
  }

  ended(error) {
    this.#end = error;
    const all = this.#registrations.all;
    this.#registrations.ended();
    for (const shared of all)
      shared.ended(error);
  }
}

/** One watched client, with all of its watches. */
class Watched {
  watches = new Set();
  connected;
  isAnswered = false;
  #onError;

  constructor(client, onError) {
    this.client = client;
    this.#onError = onError;
  }

  join(watch) {
    this.watches.add(watch);
    queueMicrotask(() => {
      if (this.isAnswered)
        watch.answered();
      if (this.connected !== undefined && this.watches.has(watch))
        this.#call(watch);
    });
  }

  /** The broker has sent the state. After a reconnect it may repeat the known state. */
  told(connected) {
    this.connected = connected;
    for (const watch of this.watches)
      this.#call(watch);
  }

  #call(watch) {
    try {
      watch.told(this.connected);
    } catch (error) {
      this.#onError(error);
    }
  }

  answered() {
    this.isAnswered = true;
    for (const watch of this.watches)
      watch.answered();
  }

  refused(error) {
    if (this.isAnswered) // `ready` cannot report it any more
      this.#onError(error);
    this.ended(error);
  }

  ended(error) {
    for (const watch of this.watches)
      watch.refused(error);
  }
}

class Watch {
  #shared;
  #listener;
  #closed;
  #ready = new Deferred();
  #told;

  constructor(shared, listener, closed) {
    this.#shared = shared;
    this.#listener = listener;
    this.#closed = closed;
  }

  get connected() {
    return this.#shared.connected;
  }

  get ready() {
    return this.#ready.promise;
  }

  close() {
    this.#ready.reject(new RestanteError("stale_connection", "the watch was closed"));
    this.#closed();
  }

  // Below: only for the watches that share this object.

  answered() {
    this.#ready.resolve();
  }

  told(connected) {
    if (this.#told === connected)
      return;
    this.#told = connected;
    this.#listener(connected);
  }

  refused(error) {
    this.#ready.reject(error);
  }
}
