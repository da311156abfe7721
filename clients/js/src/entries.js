import { fromBase64, jsonOf, textOf } from "./payload.js";

const nothing = new Uint8Array(0);

/** One key of a topic. Its payload is decoded on first access. */
export class Entry {
  #payload;
  #bytes;

  constructor(key, clientId, payload, expiresAtMs) {
    this.key = key;
    this.clientId = clientId;
    this.#payload = payload;
    this.expiresAtMs = expiresAtMs;
  }

  get bytes() {
    this.#bytes ??= this.#payload === undefined ? nothing : fromBase64(this.#payload);
    return this.#bytes;
  }

  get text() {
    return textOf(this.bytes);
  }

  get json() {
    return jsonOf(this.text);
  }
}

function idOf(value) {
  if (typeof value !== "string")
    throw new TypeError("the broker names a key or client that is no string");
  return value;
}

function payloadOf(value) {
  return typeof value === "string" ? value : undefined;
}

/** Makes the entry of an event, which does not include the lease. */
export function entryOfEvent(frame) {
  return new Entry(idOf(frame.key), idOf(frame.client_id), payloadOf(frame.payload), undefined);
}

export function entriesOf(listed) {
  const now = Date.now();
  return listed.map(
    (one) =>
      new Entry(idOf(one.key), idOf(one.client_id), payloadOf(one.payload), now + one.expires_in_ms),
  );
}

/** Compares in the order of UTF-8 bytes, which is the order of code points. JavaScript compares UTF-16 units. */
export function compareKeys(a, b) {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; ++at) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right)
      return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates belong to code points above all code points with one unit. */
function rank(unit) {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * The entries of a topic, readable like a Map in byte order of the keys. They are sorted when they are iterated, and
 * only if a key was added since. So an event costs no more than in a Map.
 */
export class EntryMap {
  #byKey = new Map();
  #sorted = [];

  get size() {
    return this.#byKey.size;
  }

  get(key) {
    return this.#byKey.get(key);
  }

  has(key) {
    return this.#byKey.has(key);
  }

  *entries() {
    for (const key of this.#keys()) {
      const entry = this.#byKey.get(key);
      if (entry !== undefined) // otherwise the key was removed after the sorting
        yield [key, entry];
    }
  }

  *keys() {
    for (const [key] of this.entries())
      yield key;
  }

  *values() {
    for (const [, entry] of this.entries())
      yield entry;
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  forEach(visit, self) {
    for (const [key, entry] of this.entries())
      visit.call(self, entry, key, this);
  }

  get [Symbol.toStringTag]() {
    return "EntryMap";
  }

  #keys() {
    this.#sorted ??= [...this.#byKey.keys()].sort(compareKeys);
    return this.#sorted;
  }

  // Below: only for the feed of the topic. The public type of this object is read-only.

  put(entry) {
    const size = this.#byKey.size;
    this.#byKey.set(entry.key, entry);
    if (this.#byKey.size !== size)
      this.#sorted = undefined;
  }

  remove(key) {
    const entry = this.#byKey.get(key);
    this.#byKey.delete(key);
    return entry;
  }

  /** The broker sends entries in byte order of the keys, but this function does not rely on it. */
  reset(entries) {
    this.#byKey = new Map(entries.map((entry) => [entry.key, entry]));
    this.#sorted = undefined;
  }
}
