import { RestanteError } from "./errors.js";
import { Feed } from "./feed.js";
import { TopicView } from "./topic_view.js";
import { Registrations } from "./registrations.js";

/** The topics with a view in this client. */
export class Topics {
  #registrations;
  #requests;
  #onError;
  #end = null;

  constructor(requests, onError) {
    this.#requests = requests;
    this.#onError = onError;
    this.#registrations = new Registrations(requests, { ask: "topic.subscribe", takeBack: "topic.unsubscribe", field: "topic" });
  }

  /** `act`: what a view does through its connection. */
  view(name, act) {
    const feed = this.#registrations.get(name) ?? new Feed(name, () => this.#registrations.again(name));
    const view = new TopicView(feed, act, {
      onError: this.#onError,
      closed: () => this.#onClosed(feed, view),
    });
    if (this.#end) {
      view.refused(this.#end);
    } else {
      feed.join(view);
      if (this.#registrations.get(name) !== feed)
        this.#registrations.want(name, feed);
    }
    return view;
  }

  #onClosed(feed, view) {
    feed.leave(view);
    if (feed.isUnused && this.#registrations.get(feed.name) === feed)
      this.#registrations.drop(feed.name);
  }

  received(frame) {
    this.#registrations.get(frame.topic)?.received(frame);
  }

  attached(isResumed) {
    this.#registrations.attached(isResumed);
  }

  /**
   * A new token may have fewer rights, and a subscription without a right ends silently. So each subscription is
   * requested again.
   */
  checkRights() {
    for (const feed of this.#registrations.all)
      this.#registrations.again(feed.name);
  }

  detached() {
    this.#registrations.detached();
    for (const feed of this.#registrations.all)
      feed.interrupted();
  }

  closing() {
    this.#end ??= new RestanteError("stale_connection", "the connection is being closed");
  }

  ended(error) {
    this.#end = error;
    const feeds = this.#registrations.all;
    this.#registrations.ended();
    for (const feed of feeds)
      feed.ended(error);
  }
}
