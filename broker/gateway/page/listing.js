// A list of names that is too long to show at once: it shows one page, and searches by prefix.

import { $, count, make, show, write } from "./dom.js";

export class Listing {
  prefix = "";
  #behind = [""]; // for each page up to this one, the name after which it begins
  #last = "";
  #ask;
  #take;
  #isAsking = false;
  #root;
  #previous;
  #next;
  #where = make("span", { className: "faint" });

  /**
   * `ask` gets a query and returns a promise of `{ total, more, entries, ids }`, or nothing when there is no
   * connection. `take` gets the entries, unless the user has turned to another page meanwhile.
   */
  constructor(root, size, ask, take) {
    this.#root = root;
    this.size = size;
    this.#ask = ask;
    this.#take = take;
    this.rows = $("[data-rows]", root);
    this.#previous = make("button", { type: "button", disabled: true, onclick: () => this.#turn(-1) }, "Previous");
    this.#next = make("button", { type: "button", disabled: true, onclick: () => this.#turn(1) }, "Next");
    $("[data-pager]", root).append(this.#previous, this.#where, this.#next);
    const find = $("[data-prefix]", root);
    find.addEventListener("input", () => {
      this.prefix = find.value;
      this.restart();
    });
  }

  /** Requests the visible page; one request at a time. */
  async refresh() {
    if (this.#isAsking) return;
    const asked = this.#asked;
    this.#isAsking = true;
    try {
      const page = await this.#ask(asked);
      if (page && this.#isStill(asked)) this.#show(page);
    } catch {
      // The connection reports the error itself; the next round repeats the request.
    } finally {
      this.#isAsking = false;
    }
    if (!this.#isStill(asked)) await this.refresh();
  }

  restart() {
    this.#behind = [""];
    this.refresh();
  }

  get #asked() {
    return { prefix: this.prefix, after: this.#behind.at(-1), limit: this.size };
  }

  #isStill({ prefix, after }) {
    return prefix === this.prefix && after === this.#behind.at(-1);
  }

  #show({ total, more, entries, ids }) {
    if (ids.length === 0 && this.#behind.length > 1) { // the entries of this page are gone
      this.#behind.pop();
      return;
    }
    this.#last = ids.at(-1) ?? "";
    this.#previous.disabled = this.#behind.length === 1;
    this.#next.disabled = !more;
    write($("[data-total]", this.#root), count(total));
    const first = (this.#behind.length - 1) * this.size + 1;
    write(this.#where, ids.length > 0 ? `${count(first)}–${count(first + ids.length - 1)} of ${count(total)}` : "");
    show($("[data-empty]", this.#root), ids.length === 0);
    show($("[data-pager]", this.#root), more || this.#behind.length > 1);
    this.#take(entries);
  }

  #turn(by) {
    if (by > 0) this.#behind.push(this.#last);
    else if (this.#behind.length > 1) this.#behind.pop();
    this.refresh();
  }
}
