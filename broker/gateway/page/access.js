// The page's connections to the broker: a visit that only asks, and a client's own connection if the page may be a
// client.

import { connect } from "/client/restante.js";

const kept = {
  get: (name) => {
    try {
      return sessionStorage.getItem(name) ?? "";
    } catch {
      return ""; // the browser does not allow storage
    }
  },
  set: (name, value) => {
    try {
      if (value) sessionStorage.setItem(name, value);
      else sessionStorage.removeItem(name);
    } catch {
      // The browser does not store the token, so the page asks for it again next time.
    }
  },
};

function ownName() {
  const before = kept.get("name");
  const name = before || `page-${crypto.getRandomValues(new Uint32Array(1))[0].toString(16).padStart(8, "0")}`;
  kept.set("name", name);
  return name;
}

/** What the token allows the page to see. */
export const sight = {
  open: "open", // no proof of identity is required
  server: "server", // a token of the server identity
  client: "client", // a token of a client
  nothing: "nothing", // no token, or a bad one
};

export class BrokerAccess extends EventTarget {
  token = kept.get("token");
  ns = kept.get("ns");
  sight = sight.nothing;
  /** A visit: lists, puts, subscribes. Null if a token is required and there is none. */
  visit = null;
  /** The page as a client; null if the page is no client. */
  own = null;

  get canSeeAll() {
    return this.sight === sight.open || this.sight === sight.server;
  }

  /** The namespace for the visit's requests. The server identity names it; a client uses its own. */
  get where() {
    return this.canSeeAll && this.ns ? { ns: this.ns } : {};
  }

  useToken(token) {
    this.token = token;
    kept.set("token", token);
    return this.open();
  }

  useNamespace(ns) {
    this.ns = ns;
    kept.set("ns", ns);
    return this.open();
  }

  /** Finds out what the page may see, and connects. Throws the error of `fetch` when the broker cannot be reached. */
  async open() {
    this.close();
    this.sight = await this.#look();
    if (this.sight !== sight.nothing) {
      this.visit = this.#connect({ visit: true });
      if (this.sight === sight.open) this.attach();
    }
    this.#tell("opened");
  }

  /** Becomes a client: the token's client, or one with a name of the page. */
  attach() {
    this.own ??= this.#connect(this.sight === sight.open ? { client: ownName() } : {});
    this.#tell("attached");
  }

  close() {
    for (const one of [this.visit, this.own]) one?.close();
    this.visit = this.own = null;
  }

  /** The counters; undefined if the page may not see them. */
  async stats() {
    if (!this.canSeeAll) return undefined;
    const answer = await this.#get("/v1/stats");
    if (!answer.ok) throw new Error(`/v1/stats: ${answer.status}`);
    return answer.json();
  }

  async #look() {
    const answer = await this.#get("/v1/stats");
    await answer.text();
    if (answer.status === 401) return sight.nothing;
    if (answer.status === 403) return sight.client;
    if (!answer.ok) throw new Error(`the broker answers ${answer.status}`);
    return this.token && !(await this.#isOpen()) ? sight.server : sight.open;
  }

  async #isOpen() {
    const answer = await fetch("/v1/stats");
    await answer.text();
    return answer.ok;
  }

  #get(path) {
    const headers = this.token ? { Authorization: `Bearer ${this.token}` } : {};
    return fetch(path, { headers, signal: AbortSignal.timeout(10_000) });
  }

  #connect(how) {
    const made = connect(location.origin, { ns: this.ns, token: this.token || undefined, ...how });
    made.connected.catch(() => {}); // the "ended" event reports it
    for (const event of ["connected", "interrupted", "ended"])
      made.on(event, (what) => this.#tell(event, { connection: made, what }));
    return made;
  }

  #tell(event, detail) {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}
