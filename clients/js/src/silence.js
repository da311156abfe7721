/** The connection is lost after this many silent ping intervals (docs/protocol.md). */
const lostAfter = 2.5;

/** The number of checks per ping interval. */
const looks = 4;

/**
 * Notices a silent broker. It sends a request after one silent ping interval and gives up after two and a half. A timer
 * that fires late (a machine that slept, a page in the background) proves nothing by itself: messages that arrived
 * meanwhile are handled first, so it sends another request.
 */
export class Silence {
  #pingMs;
  #tell;
  #now;
  #receivedAt;
  #lookedAt;
  #isGraced = false;
  #timer;

  constructor(pingMs, tell, now = () => performance.now()) {
    this.#pingMs = pingMs;
    this.#tell = tell;
    this.#now = now;
    this.#receivedAt = this.#lookedAt = now();
    this.#timer = setInterval(() => this.look(), pingMs / looks);
  }

  received() {
    this.#receivedAt = this.#now();
    this.#isGraced = false;
  }

  look() {
    const now = this.#now();
    const silentMs = now - this.#receivedAt;
    const isLate = now - this.#lookedAt > this.#pingMs;
    this.#lookedAt = now;
    if (silentMs < this.#pingMs)
      return;
    if (silentMs >= this.#pingMs * lostAfter && isLate && !this.#isGraced) {
      this.#isGraced = true;
      this.#receivedAt = now - this.#pingMs;
    } else if (silentMs >= this.#pingMs * lostAfter) {
      this.stop();
      this.#tell.lost();
      return;
    }
    this.#tell.ask();
  }

  stop() {
    clearInterval(this.#timer);
  }
}
