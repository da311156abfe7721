import { Backoff } from "./backoff.js";
import { RestanteError, errorOf } from "./errors.js";
import { wrongWith } from "./frames.js";

/** How many bytes may be sent and unanswered; the rest waits here and not in the socket. */
const bytesUnderWay = 1 << 20;

/** The pauses before a temporarily refused request is repeated, ms. */
const pausesMs = [100, 5000];

/** The longest time of a timer. */
const timerMax = 0x7fffffff;

/**
 * Requests: they wait for a connection, are sent, are repeated after a loss if that changes nothing, and end at their
 * deadline. `done(frame)` or `done(undefined, error)` is called once.
 *
 * There are two lanes. `submit` is for requests of the user, and is bounded. `post` is for subscriptions, watches and
 * holds, which stay for as long as they are wanted: it has no bound and no deadline. Posted requests are forgotten with
 * the socket, because their owner posts them again.
 */
export class Requests {
  #deadlineMs;
  #maxWaiting;
  #send = null;
  #refusal = null;
  #nextId = 1;
  #waiting = [];
  #underWay = new Map();
  #submitted = 0;
  #bytes = 0;
  /** Temporarily refused requests, which are repeated when `#laterTimer` fires. */
  #later = [];
  #laterTimer;
  #pauses = new Backoff(...pausesMs);
  #alarm;
  #alarmAt = Infinity;
  #onIdle = null;

  constructor({ deadlineMs, maxWaiting }) {
    this.#deadlineMs = deadlineMs;
    this.#maxWaiting = maxWaiting;
  }

  /** Sends a request. The promise is fulfilled with the frame of the answer. */
  ask(op, fields, how) {
    return new Promise((resolve, reject) => {
      this.submit(op, fields, (frame, error) => (error ? reject(error) : resolve(frame)), how);
    });
  }

  /**
   * `once`: the request must not be executed twice. `repeats`: a temporarily refused request is repeated until its
   * deadline. `lastsMs`: how long the broker may take, sent to the broker as `timeout_ms`.
   */
  submit(op, fields, done, { once = false, repeats = false, lastsMs } = {}) {
    const refusal = this.#refusal ?? (this.#submitted >= this.#maxWaiting ? tooMany() : null);
    if (refusal) {
      done(undefined, refusal);
      return;
    }
    const asked = this.#make(op, fields, done);
    if (asked === null)
      return;
    asked.isSubmitted = true;
    asked.once = once;
    asked.repeats = repeats;
    asked.deadline = performance.now() + this.#deadlineMs + (lastsMs ?? 0);
    if (lastsMs !== undefined) {
      asked.bytes = 0; // it may wait for hours
      asked.wait = { op, fields, lastsMs };
    }
    ++this.#submitted;
    this.#waiting.push(asked);
    this.#arm(asked.deadline);
    this.#pump();
  }

  /** Sends at once. Without a connection it does nothing: the owner posts again after a reconnect. */
  post(op, fields, done) {
    const asked = this.#send && this.#make(op, fields, done);
    if (asked)
      this.#begin(asked);
  }

  /** Makes a request without its undefined members. Returns null after an error, which `done` has got. */
  #make(op, fields, done) {
    const id = this.#nextId++;
    let text;
    try {
      text = JSON.stringify({ op, id, ...fields });
    } catch (error) {
      done(undefined, new RestanteError("invalid_argument", `it has no JSON: ${error.message}`));
      return null;
    }
    const wrong = wrongWith(text, fields);
    if (wrong)
      return done(undefined, wrong), null;
    return { id, text, done, bytes: text.length, isSubmitted: false, isSent: false, deadline: Infinity };
  }

  // --- to the broker and back ------------------------------------------------------------------

  /** Requests that are posted now are sent before those that wait, which `proceed` sends. */
  attach(send) {
    this.#send = send;
  }

  proceed() {
    this.#pump();
  }

  /** The socket is gone. It is unknown whether the sent requests were carried out. */
  detach() {
    this.#send = null;
    const lost = [...this.#underWay.values()];
    this.#underWay.clear();
    this.#bytes = 0;
    const submitted = [...lost.filter((asked) => asked.isSubmitted), ...this.#takeLater()];
    this.#waiting = [...submitted.filter((asked) => !asked.once), ...this.#waiting];
    for (const asked of submitted)
      if (asked.once)
        this.#finish(asked, undefined, new RestanteError("unknown_outcome"));
  }

  answered(frame) {
    const asked = this.#underWay.get(frame.id);
    if (asked === undefined)
      return;
    this.#underWay.delete(frame.id);
    this.#bytes -= asked.bytes;
    const error = frame.ok === true ? undefined : errorOf(frame.error);
    if (error?.retry && asked.repeats)
      this.#repeatLater(asked, error);
    else
      this.#finish(asked, frame, error);
    this.#pump();
  }

  #repeatLater(asked, error) {
    asked.refusal = error;
    this.#later.push(asked);
    this.#laterTimer ??= setTimeout(() => {
      this.#waiting.unshift(...this.#takeLater());
      this.#pump();
    }, this.#pauses.next());
  }

  #takeLater() {
    this.#laterTimer = clearTimeout(this.#laterTimer);
    return this.#later.splice(0);
  }

  #pump() {
    while (this.#send && this.#waiting.length > 0 && this.#hasRoomFor(this.#waiting[0]))
      this.#begin(this.#waiting.shift());
  }

  #hasRoomFor(asked) {
    return this.#bytes === 0 || this.#bytes + asked.bytes <= bytesUnderWay;
  }

  #begin(asked) {
    if (asked.wait)
      shorten(asked, this.#deadlineMs);
    asked.isSent = true;
    this.#underWay.set(asked.id, asked);
    this.#bytes += asked.bytes;
    this.#send(asked.text);
  }

  #finish(asked, frame, error) {
    if (!error)
      this.#pauses.reset();
    if (asked.isSubmitted)
      --this.#submitted;
    asked.done(error ? undefined : frame, error);
    this.#tellIdle();
  }

  // --- time ------------------------------------------------------------------------------------

  /** A timer stays set even if its cause goes away: then it finds nothing to do. */
  #arm(deadline) {
    if (deadline >= this.#alarmAt)
      return;
    clearTimeout(this.#alarm);
    this.#alarmAt = deadline;
    const ms = Math.min(Math.max(0, deadline - performance.now()), timerMax);
    this.#alarm = setTimeout(() => this.#expire(), ms);
  }

  #all() {
    return [...this.#underWay.values(), ...this.#later, ...this.#waiting];
  }

  #expire() {
    const now = performance.now();
    this.#alarmAt = Infinity;
    const late = this.#all().filter((asked) => asked.deadline <= now);
    this.#waiting = this.#waiting.filter((asked) => asked.deadline > now);
    this.#later = this.#later.filter((asked) => asked.deadline > now);
    for (const asked of late) {
      if (this.#underWay.delete(asked.id))
        this.#bytes -= asked.bytes;
      this.#finish(asked, undefined, asked.refusal ?? new RestanteError(asked.isSent ? "unknown_outcome" : "unreachable"));
    }
    this.#pump();
    let first = Infinity;
    for (const asked of this.#all())
      first = Math.min(first, asked.deadline);
    if (first !== Infinity)
      this.#arm(first);
  }

  // --- the end ---------------------------------------------------------------------------------

  /** Accepts no more requests. `onIdle` is called when all are answered except those that may take hours. */
  close(onIdle) {
    this.#refusal ??= new RestanteError("stale_connection", "the connection is being closed");
    this.#onIdle = onIdle;
    this.#tellIdle();
  }

  get isIdle() {
    return this.#bytes === 0 && this.#later.length === 0 && this.#waiting.every((asked) => asked.wait);
  }

  #tellIdle() {
    if (this.#onIdle && this.isIdle)
      this.#onIdle();
  }

  fail(error) {
    this.#refusal = new RestanteError("stale_connection", error.message);
    this.#onIdle = null;
    this.#send = null;
    clearTimeout(this.#alarm);
    const all = [...this.#underWay.values(), ...this.#takeLater(), ...this.#waiting];
    this.#underWay.clear();
    this.#waiting = [];
    for (const asked of all)
      if (asked.isSubmitted)
        asked.done(undefined, error);
  }
}

function tooMany() {
  return new RestanteError("overloaded", "too many operations wait: see maxWaiting");
}

/** Reduces the timeout by the time that the request has waited already. */
function shorten(asked, deadlineMs) {
  const { op, fields, lastsMs } = asked.wait;
  const left = asked.deadline - performance.now() - deadlineMs;
  const timeout_ms = Math.ceil(Math.max(0, Math.min(lastsMs, left)));
  asked.text = JSON.stringify({ op, id: asked.id, ...fields, timeout_ms });
}
