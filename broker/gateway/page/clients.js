// The clients of one page: who is connected, and how much waits for each.

import { $, arrange, clip, count, make, show, write } from "./dom.js";
import { Listing } from "./listing.js";

const pageSize = 15;

export class Clients {
  #listing;
  #rows = new Map();
  #access;
  #chosen;

  /** `chosen` is called with the client that the user selects as receiver. */
  constructor(access, chosen) {
    this.#access = access;
    this.#chosen = chosen;
    this.#listing = new Listing($("#clients"), pageSize, (asked) => this.#ask(asked), (listed) => this.#take(listed));
    access.addEventListener("opened", () => {
      show($("#clients"), access.canSeeAll);
      this.#rows.clear();
      this.#listing.rows.replaceChildren();
      this.#listing.restart();
    });
  }

  refresh() {
    return this.#listing.refresh();
  }

  async #ask(asked) {
    const { visit, where, canSeeAll } = this.#access;
    const page = canSeeAll ? await visit?.clients({ ...asked, ...where }) : undefined;
    if (!page || visit !== this.#access.visit) return undefined;
    return { ...page, entries: page.clients, ids: page.clients.map((one) => one.client) };
  }

  #take(listed) {
    const deepest = Math.max(1, ...listed.map((one) => one.pending));
    const before = this.#rows;
    this.#rows = new Map(listed.map((one) => [one.client, before.get(one.client) ?? this.#row(one.client)]));
    for (const { client, connected, pending } of listed) {
      const { element, state, depth, bar } = this.#rows.get(client);
      element.dataset.connected = connected;
      write(state, connected ? "connected" : "away");
      write(depth, count(pending));
      bar.value = pending / deepest;
    }
    arrange(this.#listing.rows, [...this.#rows.values()].map((row) => row.element));
  }

  #row(client) {
    const state = make("span", { className: "hidden" });
    const depth = make("span", { className: "depth" });
    const bar = make("progress", { max: 1, value: 0, "aria-hidden": "true" });
    const choose = make("button", { type: "button", className: "small", onclick: () => this.#chosen(client) }, "Write");
    choose.setAttribute("aria-label", `Write to ${client}`);
    const name = make("th", { scope: "row", title: client }, make("span", { className: "dot", "aria-hidden": "true" }), state, make("span", { className: "name" }, clip(client, 40)));
    const element = make("tr", { dataset: { client } }, name, make("td", {}, depth, bar), make("td", {}, choose));
    return { element, state, depth, bar };
  }
}
