// The user's actions: send, answer, set a key.

import { $, clip, make, sentence, show, shown, typed, write } from "./dom.js";
import { sight } from "./access.js";

const linesMost = 20;

function push(list, line) {
  list.prepend(line);
  while (list.children.length > linesMost) list.lastChild.remove();
}

/** Runs the action of a form. An error is shown below the form. */
function onSubmit(form, act) {
  const said = $("output", form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    write(said, "");
    try {
      await act(form.elements);
    } catch (error) {
      write(said, sentence(error));
    }
  });
}

const milliseconds = (input) => (input.value ? Number(input.value) * 1000 : undefined);

export class Panel {
  #access;
  #sent = new Map(); // trace → the element that shows its steps
  #holds = new Map(); // topic and key → the held key

  constructor(access) {
    this.#access = access;
    onSubmit($("#send"), (fields) => this.#send(fields));
    onSubmit($("#hold"), (fields) => this.#hold(fields));
    $("#attach-now").addEventListener("click", () => access.attach());
    access.addEventListener("opened", () => this.#opened());
    access.addEventListener("attached", () => this.#attached());
    access.addEventListener("connected", ({ detail }) => this.#connected(detail));
  }

  /** Starts a notification to a client. */
  writeTo(client) {
    const { to, pack } = $("#send").elements;
    to.value = client;
    pack.focus();
  }

  #opened() {
    const { own, visit } = this.#access;
    show($("#panel"), visit !== null);
    show($("#attach"), this.#access.sight === sight.client && !own);
    if (!own) for (const id of ["#inbox", "#hold"]) show($(id), false);
    for (const id of ["#sent", "#received", "#held"]) $(id).replaceChildren();
    this.#sent.clear();
    this.#holds.clear();
  }

  #attached() {
    const { own } = this.#access;
    show($("#attach"), false);
    for (const id of ["#inbox", "#hold"]) show($(id), true);
    own.on("notification", (it) => this.#received(it));
    own.on("receipt", (it) => this.#step(it.trace, it.state));
    own.on("ended", ({ reason }) => write($("output", $("#hold")), `This page's connection has ended: ${reason}`));
  }

  #connected({ connection, what }) {
    if (connection === this.#access.own) {
      write($("#own-name"), what.client);
      write($("#try"), `restante notify ${what.client} "hello" --suit`);
    } else if (what.client) {
      write($("#attach-name"), what.client);
    }
  }

  // --- sending ---

  async #send({ to, pack, ttl, suit }) {
    const by = this.#access.own ?? this.#access.visit;
    const receipt = await by.put(to.value, typed(pack.value), {
      suit: suit.checked,
      ttlMs: milliseconds(ttl),
      receipts: by === this.#access.own,
      ...this.#where(by),
    });
    const state = this.#sent.get(receipt.trace)?.state ?? make("b", { className: "step" }, "queued");
    const reply = make("p", { className: "reply" });
    const line = make("li", { dataset: { trace: receipt.trace } }, make("span", { className: "name" }, clip(to.value, 40)), " ", state,
      make("code", { title: "its trace" }, receipt.trace), reply);
    const early = this.#sent.get(receipt.trace)?.early;
    this.#sent.set(receipt.trace, { state });
    if (early) write(state, early);
    push($("#sent"), line);
    if (suit.checked) this.#awaitReply(by, receipt, state, reply);
    else if (by === this.#access.visit) this.#follow(by, receipt, state);
    if (this.#sent.size > 4 * linesMost) this.#sent.delete(this.#sent.keys().next().value);
  }

  /** Shows a receipt. It may arrive before the answer to its put. */
  #step(trace, step) {
    const known = this.#sent.get(trace);
    if (known?.state) write(known.state, step);
    else this.#sent.set(trace, { early: step });
  }

  async #awaitReply(by, { trace, expiresAtMs }, state, shownAt) {
    try {
      const { reply } = await by.awaitReply(trace, { timeoutMs: Math.min(expiresAtMs - Date.now(), 86_400_000), ...this.#where(by) });
      write(state, "replied");
      write(shownAt, `↩ ${clip(shown(reply), 200)}`);
    } catch (error) {
      write(shownAt, `no reply: ${sentence(error)}`);
    }
  }

  /** Asks for the status at growing intervals, because the server identity gets no receipts. */
  async #follow(by, { trace }, state) {
    for (let pause = 500; pause < 60_000; pause *= 2) {
      await new Promise((done) => setTimeout(done, pause));
      try {
        const status = await by.status(trace, this.#where(by));
        write(state, status.state);
        if (status.delivered) return;
      } catch (error) {
        write(state, error.code === "not_found" ? "gone" : sentence(error));
        return;
      }
    }
  }

  #where(by) {
    return by === this.#access.visit ? this.#access.where : {};
  }

  // --- incoming notifications ---

  #received(it) {
    show($("[data-empty]", $("#inbox")), false);
    const line = make("li", { dataset: { trace: it.trace } }, make("span", { className: "name" }, clip(it.from, 40)), " ",
      make("span", { className: "pack" }, clip(shown(it.pack), 400)));
    if (it.suit) line.append(this.#answerForm(it));
    push($("#received"), line);
  }

  #answerForm(it) {
    const answer = make("input", { required: true, placeholder: "reply", spellcheck: false });
    answer.setAttribute("aria-label", `Reply to ${it.from}`);
    const form = make("form", { className: "answer", autocomplete: "off" }, answer, make("button", {}, "Reply"), make("output", { role: "status" }));
    onSubmit(form, async () => {
      await it.reply(typed(answer.value));
      form.replaceChildren(make("span", { className: "reply" }, `↩ ${answer.value}`));
    });
    return form;
  }

  // --- keys ---

  async #hold({ topic, key, payload, ttl, renew }) {
    const { own } = this.#access;
    const name = JSON.stringify([topic.value, key.value]);
    const value = payload.value === "" ? undefined : payload.value;
    const how = { ttlMs: milliseconds(ttl) };
    const before = this.#holds.get(name);
    if (before && renew.checked) {
      await before.held.update(value);
      return;
    }
    if (!renew.checked) {
      await own.set(topic.value, key.value, value, how);
      if (before) before.line.remove();
      this.#holds.delete(name);
      return;
    }
    const held = own.hold(topic.value, key.value, value, how);
    await held.ready;
    const line = make("li", {}, make("span", { className: "name" }, clip(held.topic, 40)), " ", make("b", {}, clip(held.key, 40)), " ");
    const forget = () => {
      this.#holds.delete(name);
      line.remove();
    };
    line.append(make("button", { type: "button", className: "small", onclick: () => held.release().finally(forget) }, "Release"));
    this.#holds.set(name, { held, line });
    push($("#held"), line);
    held.lost.then(forget);
  }
}
