// A list of names that is too long to be shown: a page of it, found by how the names begin.

import { $, count, make, show, write } from "./dom.js";

export class Listing {
  prefix = "";
  total = 0;
  #behind = [""]; // what each page up to this one comes behind
  #last = "";
  #turned = () => {};
  #root;
  #previous;
  #next;
  #where = make("span", { className: "faint" });

  /** `turned` is called when another page or other names are asked for. */
  constructor(root, size, turned) {
    this.#root = root;
    this.size = size;
    this.#turned = turned;
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

  /** What to ask for. */
  get asked() {
    return { prefix: this.prefix, after: this.#behind.at(-1), limit: this.size };
  }

  restart() {
    this.#behind = [""];
    this.#turned();
  }

  /** Takes what was answered to `asked`; false when something else is asked for by now. */
  take(asked, { total, more }, ids) {
    const now = this.asked;
    if (asked.prefix !== now.prefix || asked.after !== now.after) return false;
    if (ids.length === 0 && this.#behind.length > 1) { // what this page showed is gone
      this.#turn(-1);
      return false;
    }
    this.total = total;
    this.#last = ids.at(-1) ?? "";
    this.#previous.disabled = this.#behind.length === 1;
    this.#next.disabled = !more;
    write($("[data-total]", this.#root), count(total));
    const first = (this.#behind.length - 1) * this.size + 1;
    write(this.#where, ids.length > 0 ? `${count(first)}–${count(first + ids.length - 1)} of ${count(total)}` : "");
    show($("[data-empty]", this.#root), ids.length === 0);
    show($("[data-pager]", this.#root), more || this.#behind.length > 1);
    return true;
  }

  #turn(by) {
    if (by > 0) this.#behind.push(this.#last);
    else if (this.#behind.length > 1) this.#behind.pop();
    this.#turned();
  }
}
