/**
 * Listeners by event. When a listener throws or its promise is rejected, `onError` gets the error, and other listeners
 * are still called.
 */
export class Emitter {
  #lists = new Map();
  #onError;

  constructor(onError) {
    this.#onError = onError;
  }

  on(event, listener) {
    if (typeof listener !== "function")
      throw new TypeError("a listener is a function");
    const one = { call: listener, isOn: true };
    // Lists are replaced and not changed, so a list that is being iterated stays as it is.
    this.#lists.set(event, [...this.#listOf(event), one]);
    return () => {
      one.isOn = false;
      this.#lists.set(event, this.#listOf(event).filter((other) => other !== one));
    };
  }

  has(event) {
    return this.#listOf(event).length > 0;
  }

  emit(event, value, onError = this.#onError) {
    for (const listener of this.#listOf(event))
      this.#call(listener, value, onError)?.catch(onError);
  }

  /**
   * Returns undefined if all listeners have returned without a promise. Otherwise returns a promise: it is fulfilled
   * when all their promises are, and rejected with the first failure.
   */
  emitAndAwait(event, value) {
    const outcomes = [];
    const onError = (error) => outcomes.push(Promise.reject(error));
    for (const listener of this.#listOf(event)) {
      const outcome = this.#call(listener, value, onError);
      if (outcome !== undefined)
        outcomes.push(outcome);
    }
    return outcomes.length === 0 ? undefined : allOf(outcomes);
  }

  clear() {
    this.#lists.clear();
  }

  #listOf(event) {
    return this.#lists.get(event) ?? none;
  }

  #call(listener, value, onError) {
    if (!listener.isOn)
      return undefined;
    try {
      const result = listener.call(value);
      return typeof result?.then === "function" ? Promise.resolve(result) : undefined;
    } catch (error) {
      onError(error);
      return undefined;
    }
  }
}

const none = [];

/** Waits for all promises, and is rejected with the first failure. */
async function allOf(promises) {
  const ends = await Promise.allSettled(promises);
  const failed = ends.find((end) => end.status === "rejected");
  if (failed)
    throw failed.reason;
}
