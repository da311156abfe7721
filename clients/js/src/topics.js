import { RestanteError } from "./errors.js";
import { Feed } from "./feed.js";
import { TopicView } from "./topic_view.js";
import { Wishes } from "./wishes.js";

/** The topics that somebody here looks at. */
export class Topics {
  #wishes;
  #requests;
  #onError;
  #end = null;

  constructor(requests, onError) {
    this.#requests = requests;
    this.#onError = onError;
    this.#wishes = new Wishes(requests, { ask: "topic.subscribe", takeBack: "topic.unsubscribe", field: "topic" });
  }

  /** `act`: what a view does in the name of its connection. */
  view(name, act) {
    const feed = this.#wishes.get(name) ?? new Feed(name, () => this.#wishes.again(name));
    const view = new TopicView(feed, act, {
      onError: this.#onError,
      closed: () => this.#onClosed(feed, view),
    });
    if (this.#end) {
      view.refused(this.#end);
    } else {
      feed.join(view);
      if (this.#wishes.get(name) !== feed)
        this.#wishes.want(name, feed);
    }
    return view;
  }

  #onClosed(feed, view) {
    feed.leave(view);
    if (feed.isUnused && this.#wishes.get(feed.name) === feed)
      this.#wishes.drop(feed.name);
  }

  heard(frame) {
    this.#wishes.get(frame.topic)?.heard(frame);
  }

  attached(isResumed) {
    this.#wishes.attached(isResumed);
  }

  /** Rights may be fewer now, and a subscription they do not cover ends without a word: each is asked for again. */
  checkRights() {
    for (const feed of this.#wishes.all)
      this.#wishes.again(feed.name);
  }

  detached() {
    this.#wishes.detached();
    for (const feed of this.#wishes.all)
      feed.interrupted();
  }

  closing() {
    this.#end ??= new RestanteError("stale_connection", "the connection is being closed");
  }

  ended(error) {
    this.#end = error;
    const feeds = this.#wishes.all;
    this.#wishes.ended();
    for (const feed of feeds)
      feed.ended(error);
  }
}
