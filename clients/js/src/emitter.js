/** Listeners by event. One that throws, or whose promise is rejected, is told to `onError` and harms nobody. */
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
    // Lists are replaced, not changed: one that is being walked through stays as it is.
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

  /** Undefined when all have returned and promised nothing; else fulfilled with the last promise, rejected with a failure. */
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

/** Waits for all, and is rejected with the first that failed. */
async function allOf(promises) {
  const ends = await Promise.allSettled(promises);
  const failed = ends.find((end) => end.status === "rejected");
  if (failed)
    throw failed.reason;
}
