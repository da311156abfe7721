import { Backoff } from "./backoff.js";
import { RestanteError } from "./errors.js";
import { Hold } from "./hold.js";
import { Deferred } from "./deferred.js";

/** The broker's default lease, and its longest lease (spec E2), ms. */
const leaseDefaultMs = 60_000;
const leaseMaxMs = 1_800_000;

const nameOf = (topic, key) => JSON.stringify([topic, key]);

/** The keys that this client holds. */
export class Holds {
  #requests;
  #held = new Map();
  #isAttached = false;
  #end = null;
  /** Releases that the broker has not answered, by name. */
  #releases = new Map();

  constructor(requests) {
    this.#requests = requests;
  }

  hold(topic, key, payload, { ttlMs } = {}) {
    const name = nameOf(topic, key);
    const lease = Math.min(ttlMs > 0 ? ttlMs : leaseDefaultMs, leaseMaxMs);
    const hold = new Hold(topic, key, lease, {
      post: (op, fields, done) => this.#requests.post(op, fields, done),
      isAttached: () => this.#isAttached,
      over: () => this.#held.get(name) === hold && this.#held.delete(name),
      release: () => this.#release(name, { topic, key }),
      letGo: () => this.#held.has(name) || this.#release(name, { topic, key }).catch(() => {}),
    });
    if (this.#end) {
      hold.lose(this.#end);
      return hold.handle;
    }
    this.#held.get(name)?.lose(new RestanteError("stale_connection", "it is held by a newer hold"));
    this.#held.set(name, hold);
    hold.update(payload).catch(() => {}); // `ready` reports the error
    return hold.handle;
  }

  #release(name, at) {
    if (this.#end)
      return Promise.resolve(); // the key was cleared with the connection
    const released = this.#releases.get(name)?.released ?? new Deferred();
    clearTimeout(this.#releases.get(name)?.timer);
    this.#releases.set(name, { at, released, pauses: new Backoff(500, 30_000), timer: undefined });
    if (this.#isAttached)
      this.#clear(name);
    return released.promise;
  }

  /** Repeats a temporarily refused clear: otherwise the key would stay until its lease ends. */
  #clear(name) {
    const release = this.#releases.get(name);
    if (release === undefined)
      return;
    const { at, released, pauses } = release;
    this.#requests.post("ephemeral.clear", at, (_, error) => {
      if (error?.retry && !this.#held.has(name)) {
        release.timer = setTimeout(() => this.#isAttached && this.#clear(name), pauses.next());
        return;
      }
      this.#releases.delete(name);
      if (error)
        released.reject(error);
      else
        released.resolve();
    });
  }

  lost({ topic, key }) {
    this.#held.get(nameOf(topic, key))?.takenOver();
  }

  attached(isResumed) {
    this.#isAttached = true;
    for (const [name, { released }] of [...this.#releases]) {
      if (isResumed) {
        this.#clear(name);
      } else { // the key was cleared with the old connection
        this.#releases.delete(name);
        released.resolve();
      }
    }
    for (const hold of [...this.#held.values()])
      hold.attached(isResumed);
  }

  detached() {
    this.#isAttached = false;
    for (const { timer } of this.#releases.values())
      clearTimeout(timer);
    for (const hold of this.#held.values())
      hold.detached();
  }

  closing() {
    this.#end ??= new RestanteError("stale_connection", "the connection is being closed");
  }

  ended(error) {
    this.#end = error;
    for (const hold of [...this.#held.values()])
      hold.lose(error);
    for (const { released, timer } of this.#releases.values()) {
      clearTimeout(timer);
      released.resolve();
    }
    this.#releases.clear();
  }
}
