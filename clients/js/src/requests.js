import { Backoff } from "./backoff.js";
import { RestanteError, errorOf } from "./errors.js";
import { wrongWith } from "./frames.js";

/** So much may be on its way unanswered; the rest waits here rather than in the socket. */
const bytesUnderWay = 1 << 20;

/** Pauses before what the broker refused for now is asked again, ms. */
const pausesMs = [100, 5000];

/** The longest a timer can be set for. */
const timerMax = 0x7fffffff;

/**
 * What was asked: waits for a connection, goes out, is asked again after a loss where that changes nothing, ends at its
 * deadline. `done(frame)` or `done(undefined, error)` is called once.
 *
 * Two lanes: `submit` for what somebody asked, bounded; and `post` for what must be so as long as it is wanted
 * (subscriptions, watches, holds): not bounded, without deadline, and forgotten with the socket, as who posted it starts anew.
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
  /** Refused for now, and asked again when `#laterTimer` rings. */
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

  /** Asks and answers the answer's frame. */
  ask(op, fields, how) {
    return new Promise((resolve, reject) => {
      this.submit(op, fields, (frame, error) => (error ? reject(error) : resolve(frame)), how);
    });
  }

  /**
   * `once`: must not be done twice. `repeats`: refused for now, it is asked again until its deadline. `lastsMs`: the broker may
   * take so long, of which it is told as `timeout_ms`.
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
      asked.bytes = 0; // it may take hours
      asked.wait = { op, fields, lastsMs };
    }
    ++this.#submitted;
    this.#waiting.push(asked);
    this.#arm(asked.deadline);
    this.#pump();
  }

  /** Asks at once, on the connection there is. */
  post(op, fields, done) {
    const asked = this.#send && this.#make(op, fields, done);
    if (asked)
      this.#begin(asked);
  }

  /** Undefined members are left out. */
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

  /** What is posted now goes before what waits, which goes with `proceed`. */
  attach(send) {
    this.#send = send;
  }

  proceed() {
    this.#pump();
  }

  /** The socket is gone, and with it what was on its way: done or not. */
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

  /** It stays where it is when what it was set for goes: it finds nothing then. */
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

  /** Takes nothing more; `onIdle` is called when all is answered but what may take hours. */
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

/** It has waited for a part of its time already. */
function shorten(asked, deadlineMs) {
  const { op, fields, lastsMs } = asked.wait;
  const left = asked.deadline - performance.now() - deadlineMs;
  const timeout_ms = Math.ceil(Math.max(0, Math.min(lastsMs, left)));
  asked.text = JSON.stringify({ op, id: asked.id, ...fields, timeout_ms });
}
