// The tiles with the present counts, and the rates for the chart.

import { $, arrange, brief, bytes, make, write } from "./dom.js";

const tiles = [
  ["connections", "Connections", brief],
  ["waiting", "Waiting", brief],
  ["topics", "Topics", brief],
  ["puts", "Put", brief],
  ["delivered", "Delivered", brief],
  ["evicted", "Evicted", brief],
  ["refused_overloaded", "Refused", brief],
  ["memory_bytes", "Memory", bytes],
];

export class Figures {
  #shown = new Map();
  #before;

  constructor() {
    const parts = tiles.map(([name, title]) => {
      const value = make("dd", {}, "–");
      this.#shown.set(name, value);
      return make("div", { dataset: { figure: name } }, make("dt", {}, title), value);
    });
    arrange($("#figures"), parts);
  }

  /** Shows the counters of `/v1/stats`. Returns the rates since the last call; nothing on the first call. */
  take(stats, at = performance.now()) {
    for (const [name, , format] of tiles) {
      const value = this.#shown.get(name);
      value.parentElement.hidden = stats[name] === undefined;
      if (stats[name] !== undefined) write(value, format(stats[name]));
    }
    write($("#version"), stats.version);
    const before = this.#before;
    this.#before = { stats, at };
    // A counter that fell belongs to a restarted broker. A long pause would give one flat line.
    if (!before || at - before.at > 5000 || stats.events < before.stats.events || stats.puts < before.stats.puts)
      return undefined;
    const rate = (name) => ((stats[name] - before.stats[name]) * 1000) / (at - before.at);
    return { delivered: rate("delivered"), clears: rate("clears"), puts: rate("puts"), events: rate("events") };
  }
}
