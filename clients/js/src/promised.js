/** A promise with its ends in hand; one that nobody looks at may be rejected all the same. */
export class Promised {
  isSettled = false;
  #fulfil;
  #reject;

  constructor() {
    this.promise = new Promise((fulfil, reject) => {
      this.#fulfil = fulfil;
      this.#reject = reject;
    });
    this.promise.catch(() => {});
  }

  fulfil(value) {
    this.isSettled = true;
    this.#fulfil(value);
  }

  reject(error) {
    this.isSettled = true;
    this.#reject(error);
  }
}
