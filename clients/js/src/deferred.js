/** A promise with its ends in hand; one that nobody looks at may be rejected all the same. */
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
