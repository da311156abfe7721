import { Deliveries } from "./deliveries.js";
import { Emitter } from "./emitter.js";
import { RestanteError, errorOf } from "./errors.js";
import { Holds } from "./holds.js";
import { Session } from "./session.js";
import { Deferred } from "./deferred.js";
import { Requests } from "./requests.js";
import { connectedOf, receiptOf } from "./shapes.js";
import { Topics } from "./topics.js";
import { Watches } from "./watches.js";

/** Creates the parts of a connection and connects them with each other. */
export class Core {
  state = "connecting";
  /** The answer to the last connect. */
  receipt = null;
  connected = new Deferred();
  ended = new Deferred();
  events = new Emitter((error) => this.#onError(error));
  #session;
  #deliveries;
  #isClosing = false;

  /** `act`: the connection through which listeners acknowledge and reply. */
  constructor(how, act) {
    const onError = (error) => this.#onError(error);
    this.requests = new Requests(how);
    this.topics = new Topics(this.requests, onError);
    this.watches = new Watches(this.requests, onError);
    this.holds = new Holds(this.requests);
    this.#deliveries = new Deliveries(how, this.events, act, onError);
    this.#session = new Session(how, {
      attached: (frame, send) => this.#onAttached(frame, send),
      received: (frame) => this.#onFrame(frame),
      detached: () => this.#onDetached(),
      interrupted: (loss) => this.events.emit("interrupted", loss),
      ended: (end) => this.#onEnded(end),
      failed: onError,
    });
  }

  on(event, listener) {
    const off = this.events.on(event, listener);
    if (event === "notification")
      this.#deliveries.listened();
    return off;
  }

  async refreshToken(token) {
    const answer = await this.requests.ask("token.refresh", { token });
    this.#session.tokens.replace(token);
    this.#expireIn(answer.expires_in_ms);
    this.topics.checkRights();
    this.watches.checkRights();
  }

  #expireIn(ms) {
    this.#session.tokens.expireIn(ms, (token) => this.refreshToken(token), (error) => this.#onError(error));
  }

  close() {
    if (this.#isClosing || this.state === "ended")
      return;
    this.#isClosing = true;
    for (const part of [this.topics, this.watches, this.holds])
      part.closing();
    this.#session.closing();
    this.requests.close(() => this.#session.leave());
  }

  // --- events ----------------------------------------------------------------------------------

  #onAttached(frame, send) {
    this.receipt = connectedOf(frame);
    this.state = "connected";
    this.requests.attach(send);
    this.#deliveries.attached(send);
    this.#expireIn(frame.expires_in_ms);
    for (const part of [this.watches, this.topics, this.holds])
      part.attached(this.receipt.resumed);
    this.requests.proceed();
    this.events.emit("connected", this.receipt);
    this.connected.resolve(this.receipt);
  }

  #onFrame(frame) {
    switch (frame?._orama) {
      case "reply":
        this.#onReply(frame);
        break;
      case "notify.deliver":
        this.#deliveries.received(frame);
        break;
      case "notify.receipt":
        this.events.emit("receipt", receiptOf(frame));
        break;
      case "ephemeral.set":
      case "ephemeral.clear":
      case "ephemeral.snapshot":
      case "topic.message":
        this.topics.received(frame);
        break;
      case "ephemeral.lost":
        this.holds.lost(frame);
        this.events.emit("lost", { topic: frame.topic, key: frame.key, clientId: frame.client_id });
        break;
      case "client.presence":
        this.watches.received(frame);
        break;
    }
  }

  /**
   * An answer without an id belongs to a request without an id: an acknowledgement, which the broker answers only if it
   * fails.
   */
  #onReply(frame) {
    if (frame.id !== undefined) {
      this.requests.answered(frame);
      return;
    }
    if (frame.ok === true)
      return;
    const error = errorOf(frame.error);
    const isRepeated = error.retry && typeof frame.trace === "string";
    if (!isRepeated || this.#deliveries.ackRefused(frame.trace))
      this.#onError(error);
  }

  /**
   * Repeats a temporarily refused acknowledgement until its deadline. After that it is repeated in the background,
   * because its place in the window must become free.
   */
  async ack(trace) {
    try {
      return await this.requests.ask("notify.ack", { trace }, { repeats: true });
    } catch (error) {
      if (error.retry)
        this.#deliveries.ackRefused(trace);
      throw error;
    }
  }

  #onDetached() {
    this.state = "interrupted";
    this.#session.tokens.forget();
    this.requests.detach();
    for (const part of [this.#deliveries, this.topics, this.watches, this.holds])
      part.detached();
  }

  #onEnded(end) {
    this.state = "ended";
    this.#session.tokens.forget();
    const error = end.error ?? new RestanteError("stale_connection", "the connection was closed");
    for (const part of [this.topics, this.watches, this.holds])
      part.ended(error);
    this.requests.fail(error);
    this.connected.reject(error);
    this.events.emit("ended", end);
    this.ended.resolve(end);
  }

  #onError(error) {
    if (this.events.has("error"))
      this.events.emit("error", error, console.error);
    else
      console.error(error);
  }
}
