import { Backoff } from "./backoff.js";
import { comesAgain, errorOfClose, isOfToken } from "./closing.js";
import { RestanteError, errorOf } from "./errors.js";
import { Transport } from "./transport.js";
import { Tokens } from "./tokens.js";

/** How long the broker may take to close a socket after it refused the connect, ms. */
const refusalPatienceMs = 1000;

const connectId = "connect";

/**
 * Connects, and reconnects after a loss until an end is permanent.
 *
 * `tell` has: `attached(frame, send)`, `received(frame)`, `detached()`, `interrupted({ code, reason, retryInMs })`,
 * `ended({ code, reason, error? })`, `failed(error)`.
 */
export class Session {
  #how;
  #tell;
  #phase = "opening";
  #transport = null;
  #pauses;
  #tokens;
  #timer;
  #connectFields;
  #goodbye = null;
  #refusal = null;
  /** Since when every token has been refused, in the time of `performance.now()`. */
  #refusedSince;
  #turn = 0;
  #isClosing = false;

  constructor(how, tell) {
    this.#how = how;
    this.#tell = tell;
    this.#pauses = new Backoff(how.firstMs, how.longestMs);
    this.#tokens = new Tokens(how.token);
    this.#connectFields = { client: how.client, ns: how.ns };
    // The caller of `connect` needs time to add listeners first.
    queueMicrotask(() => this.#phase === "opening" && this.#open());
  }

  get isUp() {
    return this.#phase === "up" || this.#phase === "leaving";
  }

  // --- connecting ------------------------------------------------------------------------------

  #open() {
    this.#phase = "opening";
    this.#goodbye = null;
    this.#refusal = null;
    const turn = ++this.#turn;
    this.#timer = setTimeout(() => this.#giveUp("no answer in time"), this.#how.connectTimeoutMs);
    if (!this.#tokens.isAsked) {
      this.#dial(turn);
      return;
    }
    this.#tokens.next().then(
      () => turn === this.#turn && this.#phase === "opening" && this.#dial(turn),
      (error) => {
        if (turn === this.#turn && this.#phase === "opening")
          this.#giveUp(`no token: ${error?.message ?? error}`, "unauthenticated");
      },
    );
  }

  #giveUp(reason, code = "unreachable") {
    this.#refusal ??= new RestanteError(code, reason);
    if (this.#transport)
      this.#transport.cut(reason);
    else
      this.#closed({ code: 1006, reason }, this.#turn);
  }

  #dial(turn) {
    try {
      this.#transport = new Transport(this.#how.WebSocket, this.#how.url, {
        opened: () => this.#transport.send(JSON.stringify(this.#connectRequest())),
        received: (frame) => this.#received(frame),
        malformed: (error) => this.#tell.failed(error),
        closed: (how) => this.#closed(how, turn),
      });
    } catch (error) { // for example a forbidden port: a second attempt would fail too
      this.#end({ code: 1006, reason: String(error.message), error: new RestanteError("unreachable", error.message) });
    }
  }

  #connectRequest() {
    const how = this.#how;
    const request = { op: "connect", id: connectId, ...this.#connectFields, token: this.#tokens.current };
    if (how.visit)
      return { ...request, visit: true };
    return {
      ...request,
      ack: how.ack === "auto" ? "auto" : "explicit",
      max_inflight: how.maxInflight,
      resume_window_ms: how.resumeWindowMs,
    };
  }

  // --- receiving -------------------------------------------------------------------------------

  /** Handles any frame of the broker. No error may be thrown into the socket. */
  #received(frame) {
    try {
      if (frame?._orama === "goodbye")
        this.#onGoodbye(frame);
      else if (this.isUp)
        this.#tell.received(frame);
      else if (frame?._orama === "reply" && frame.id === connectId)
        this.#onConnectAnswer(frame);
    } catch (error) {
      this.#tell.failed(error);
    }
  }

  #onGoodbye(frame) {
    this.#goodbye = frame;
    if (frame.error)
      this.#refusal ??= errorOf(frame.error);
  }

  #onConnectAnswer(frame) {
    if (frame.ok !== true) {
      this.#refusal = errorOf(frame.error);
      // After a connect that cannot be read the broker leaves the socket open for another one.
      if (this.#refusal.number < 200)
        this.#transport.cut(this.#refusal.message, 1000);
      else
        this.#transport.expectEnd(refusalPatienceMs);
      return;
    }
    clearTimeout(this.#timer);
    this.#phase = "up";
    this.#pauses.reset();
    this.#refusedSince = undefined;
    this.#remember(frame);
    this.#transport.watch(frame.ping_ms > 0 ? frame.ping_ms : 10_000);
    this.#tell.attached(frame, (text) => this.#transport?.send(text));
  }

  /** The next connect uses this name again, even if the broker made it up. */
  #remember(frame) {
    if (frame.client)
      this.#connectFields.client = frame.client;
    if (frame.ns)
      this.#connectFields.ns = frame.ns;
    if (!this.#how.visit && this.#how.resumeWindowMs > 0)
      this.#connectFields.resume = frame.resume;
  }

  // --- losing the connection -------------------------------------------------------------------

  #closed(how, turn) {
    if (turn !== this.#turn || this.#phase === "ended" || this.#phase === "away")
      return;
    clearTimeout(this.#timer);
    this.#transport = null;
    if (this.isUp)
      this.#tell.detached();
    const { code, reason } = this.#meaningOf(how);
    if (this.#isClosing)
      this.#end({ code, reason });
    else if (this.#mayComeAgain(code, this.#errorOf(code, reason)))
      this.#waitAndOpen(code, reason);
    else
      this.#end({ code, reason, error: this.#errorOf(code, reason) });
  }

  /** The meaning of an end. A goodbye gives the reason; the close frame after it may have been lost. */
  #meaningOf({ code, reason }) {
    if (this.#goodbye === null || (code !== 1006 && code !== 1005))
      return { code, reason };
    return { code: this.#goodbye.code, reason: String(this.#goodbye.reason) };
  }

  #errorOf(code, reason) {
    return this.#refusal ?? errorOfClose(code, reason);
  }

  #mayComeAgain(code, error) {
    if (this.#how.reconnect === false)
      return false;
    if (isOfToken(error) && code !== 1006)
      return this.#mayHaveABetterToken();
    if (this.#refusal && !this.#refusal.retry && !isOfToken(this.#refusal))
      return false;
    return comesAgain(code) && this.#goodbye?.reconnect !== false;
  }

  /**
   * The next token may be fresh, or the clock of the token's issuer may be corrected. So the token is requested again,
   * for a limited time.
   */
  #mayHaveABetterToken() {
    this.#refusedSince ??= performance.now();
    return this.#tokens.isAsked && performance.now() - this.#refusedSince < this.#how.tokenPatienceMs;
  }

  #waitAndOpen(code, reason) {
    this.#phase = "away";
    const retryInMs = this.#pauses.next();
    this.#timer = setTimeout(() => this.#open(), retryInMs);
    this.#tell.interrupted({ code, reason, retryInMs });
  }

  // --- leaving ---------------------------------------------------------------------------------

  /**
   * From now on the present attempt is the last one, and the end is no error. A client without a connection does not
   * reconnect only to say goodbye.
   */
  closing() {
    this.#isClosing = true;
    if (this.#phase === "away")
      this.leave();
  }

  /** Leaves, because all requests are answered. */
  leave() {
    if (this.#phase === "up") {
      this.#phase = "leaving";
      this.#transport.leave();
    } else if (this.#phase !== "leaving" && this.#phase !== "ended") {
      this.#end({ code: 1000, reason: "left" });
    }
  }

  get tokens() {
    return this.#tokens;
  }

  #end(how) {
    if (this.#phase === "ended")
      return;
    this.#phase = "ended";
    clearTimeout(this.#timer);
    const transport = this.#transport;
    this.#transport = null;
    transport?.cut("left", 1000);
    this.#tell.ended(how);
  }
}
