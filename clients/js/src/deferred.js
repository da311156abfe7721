/** A promise with its `resolve` and `reject`. An unhandled rejection is not reported. */
export class Deferred {
  isSettled = false;
  #resolve;
  #reject;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.promise.catch(() => {});
  }

  resolve(value) {
    this.isSettled = true;
    this.#resolve(value);
  }

  reject(error) {
    this.isSettled = true;
    this.#reject(error);
  }
}
