// The topics of one page, each with its keys as they change. Visible topics are subscribed to; the others are only
// counted.

import { $, arrange, clip, count, make, sentence, write } from "./dom.js";
import { Listing } from "./listing.js";

const pageSize = 12;
const keysShown = 24;
const goneForMs = 1500; // how long a removed key stays visible
const drawEveryMs = 100;

/** One topic of the page. */
class Row {
  #view;
  #chips = new Map(); // key → its chip
  #going = new Set();
  #isDirty = true;
  #keys = make("ul", { className: "keys", role: "list" });
  #more = make("span", { className: "faint" });
  #counts = make("span", { className: "faint" });

  constructor(name, view) {
    this.name = name;
    this.#view = view;
    const title = make("h3", { className: "name", title: name }, clip(name, 60));
    this.element = make("li", { className: "topic", dataset: { topic: name } }, make("header", {}, title, this.#counts), this.#keys, this.#more);
    view.on("change", (change) => this.#on(change));
    view.on("error", (error) => write(this.#more, sentence(error)));
  }

  /** Shows the counts of the list. This page is one of the subscribers. */
  tell({ keys, subscribers }) {
    this.listed = { keys, others: Math.max(0, subscribers - 1) };
    this.#isDirty = true;
  }

  get isEmpty() {
    return this.#view.live && this.#view.entries.size === 0 && this.#going.size === 0;
  }

  close() {
    this.#view.close();
  }

  draw() {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const { entries } = this.#view;
    const keys = this.#view.live || entries.size > 0 ? entries.size : (this.listed?.keys ?? 0);
    const others = this.listed?.others ?? 0;
    write(this.#counts, `${count(keys)} ${keys === 1 ? "key" : "keys"} · ${count(others)} ${others === 1 ? "subscriber" : "subscribers"}`);
    const chips = [];
    for (const entry of entries.values()) {
      if (chips.length === keysShown) break;
      chips.push(this.#chipOf(entry));
    }
    for (const key of this.#chips.keys()) if (!entries.has(key) && !this.#going.has(key)) this.#chips.delete(key);
    arrange(this.#keys, [...chips, ...[...this.#going].map((key) => this.#chips.get(key)).filter(Boolean)]);
    write(this.#more, entries.size > keysShown ? `and ${count(entries.size - keysShown)} more` : "");
  }

  #on({ kind, entry, reason }) {
    this.#isDirty = true;
    if (kind === "set") this.#going.delete(entry.key);
    if (kind !== "clear") return;
    const chip = this.#chips.get(entry.key);
    if (!chip || this.#going.size >= keysShown) return;
    chip.dataset.gone = reason;
    write(chip.lastChild, reason);
    this.#going.add(entry.key);
    setTimeout(() => {
      this.#going.delete(entry.key);
      this.#isDirty = true;
    }, goneForMs);
  }

  #chipOf(entry) {
    let chip = this.#chips.get(entry.key);
    if (!chip || chip.dataset.gone) {
      chip = make("li", { className: "key" }, make("b"), make("span"), make("i"), make("em"));
      this.#chips.set(entry.key, chip);
    }
    const [key, payload, owner] = chip.children;
    write(key, clip(entry.key, 40));
    write(payload, clip(entry.text, 40));
    write(owner, clip(entry.clientId, 30));
    chip.title = `${entry.key}, held by ${entry.clientId}`;
    return chip;
  }
}

export class Topics {
  #listing;
  #rows = new Map();
  #access;

  constructor(access) {
    this.#access = access;
    this.#listing = new Listing($("#topics"), pageSize, (asked) => this.#ask(asked), (listed) => this.#take(listed));
    setInterval(() => this.#draw(), drawEveryMs);
    access.addEventListener("opened", () => this.#forget());
  }

  refresh() {
    return this.#listing.refresh();
  }

  async #ask(asked) {
    const { visit, where } = this.#access;
    const page = await visit?.topics({ ...asked, ...where });
    if (!page || visit !== this.#access.visit) return undefined;
    return { ...page, entries: page.topics, ids: page.topics.map((one) => one.topic) };
  }

  #take(listed) {
    const rows = new Map();
    for (const one of listed) {
      let row = this.#rows.get(one.topic);
      // A topic that exists only because of this page's subscription is closed.
      if (row?.isEmpty && one.keys === 0 && one.subscribers <= 1) continue;
      row ??= one.keys > 0 || one.subscribers > 0 ? new Row(one.topic, this.#access.visit.topic(one.topic)) : undefined;
      if (!row) continue;
      row.tell(one);
      rows.set(one.topic, row);
    }
    for (const [name, row] of this.#rows) if (!rows.has(name)) row.close();
    this.#rows = rows;
    this.#draw();
    arrange(this.#listing.rows, [...rows.values()].map((row) => row.element));
  }

  #draw() {
    if (document.hidden) return;
    for (const row of this.#rows.values()) row.draw();
  }

  #forget() {
    for (const row of this.#rows.values()) row.close();
    this.#rows.clear();
    this.#listing.rows.replaceChildren();
    this.#listing.restart();
  }
}
