import { checkOptions, optionsOf, wrongOptions } from "./checks.js";
import { Core } from "./core.js";
import { entriesOf } from "./entries.js";
import { RestanteError } from "./errors.js";
import { settle } from "./options.js";
import { encodePayload } from "./payload.js";
import { putFields, putOutcomeOf, putReceiptOf, statusOf } from "./shapes.js";

export function connect(url, options) {
  return new Connection(settle(url, options));
}

const replyTimeoutMs = 30_000;

/** The public connection: see restante.d.ts. */
export class Connection {
  #core;
  #messageIds = messageIds();

  constructor(how) {
    this.#core = new Core(how, this);
  }

  get state() {
    return this.#core.state;
  }

  get client() {
    return this.#core.receipt?.client;
  }

  get ns() {
    return this.#core.receipt?.ns;
  }

  get connected() {
    return this.#core.connected.promise;
  }

  get ended() {
    return this.#core.ended.promise;
  }

  on(event, listener) {
    return this.#core.on(event, listener);
  }

  // --- notifications ---------------------------------------------------------------------------

  async put(to, pack, how = {}) {
    checkOptions("put", how, optionsOf.put);
    return putReceiptOf(await this.#core.requests.ask("notify.put", { to, ...this.#putFields(pack, how) }));
  }

  async putMany(targets, pack, how = {}) {
    checkOptions("putMany", how, optionsOf.putMany);
    const answer = await this.#core.requests.ask("notify.put_many", { targets, ...this.#putFields(pack, how) });
    return answer.outcomes.map(putOutcomeOf);
  }

  async ask(to, pack, options = {}) {
    checkOptions("ask", options, optionsOf.ask);
    const { timeoutMs, ...how } = options;
    const { trace } = await this.put(to, pack, { ...how, suit: true });
    return this.awaitReply(trace, { timeoutMs, ns: how.ns });
  }

  async ack(trace) {
    const { late } = await this.#core.ack(trace);
    return { late: late === true };
  }

  async status(trace, how = {}) {
    checkOptions("status", how, optionsOf.status);
    const { ns } = how;
    return statusOf((await this.#core.requests.ask("notify.status", { trace, ns })).notification);
  }

  async reply(trace, value, how = {}) {
    checkOptions("reply", how, optionsOf.reply);
    const fields = { trace, reply: value, ns: how.ns };
    return statusOf((await this.#core.requests.ask("notify.reply", fields, { repeats: true })).notification);
  }

  async awaitReply(trace, how = {}) {
    checkOptions("awaitReply", how, optionsOf.awaitReply);
    const { timeoutMs = replyTimeoutMs, ns } = how;
    const lastsMs = Math.min(timeoutMs, Number.MAX_SAFE_INTEGER);
    const answer = await this.#core.requests.ask("notify.await", { trace, ns }, { lastsMs });
    return { trace, reply: answer.reply, repliedAtMs: answer.replied_at_ms };
  }

  async pending(client, how = {}) {
    checkOptions("pending", how, optionsOf.pending);
    const { ns } = how;
    const { pending, connected } = await this.#core.requests.ask("notify.pending", { client, ns });
    return connected === undefined ? { pending } : { pending, connected };
  }

  async drain(client, how = {}) {
    checkOptions("drain", how, optionsOf.drain);
    const { ns } = how;
    const answer = await this.#core.requests.ask("notify.drain", { client, ns }, { once: true });
    return answer.notifications.map(statusOf);
  }

  async purge(how = {}) {
    checkOptions("purge", how, optionsOf.purge);
    const { ns } = how;
    return (await this.#core.requests.ask("notify.purge", { ns }, { once: true })).removed;
  }

  /** With a message_id, a repeated put is stored only once. */
  #putFields(pack, how) {
    return putFields(pack, { ...how, messageId: how.messageId ?? this.#messageIds() });
  }

  // --- ephemeral state -------------------------------------------------------------------------

  async set(topic, key, payload, how = {}) {
    checkOptions("set", how, optionsOf.set);
    const { ttlMs } = how;
    await this.#core.requests.ask("ephemeral.set", { topic, key, payload: encoded(payload), ttl_ms: ttlMs });
  }

  async clear(topic, key) {
    await this.#core.requests.ask("ephemeral.clear", { topic, key });
  }

  async list(topic, how = {}) {
    checkOptions("list", how, optionsOf.list);
    const { ns } = how;
    const { entries, epoch, seq } = await this.#core.requests.ask("ephemeral.list", { topic, ns });
    return { entries: entriesOf(entries), epoch, seq };
  }

  async publish(topic, data) {
    await this.#core.requests.ask("topic.publish", { topic, data }, { once: true });
  }

  hold(topic, key, payload, how = {}) {
    const wrong = wrongOptions("hold", how, optionsOf.hold);
    if (wrong)
      throw new TypeError(wrong); // thrown, because callers may not look at the promises of a hold
    return this.#core.holds.hold(topic, key, payload, how);
  }

  topic(name) {
    return this.#core.topics.view(name, this);
  }

  watch(client, listener) {
    return this.#core.watches.watch(client, listener);
  }

  // --- lists -----------------------------------------------------------------------------------

  async topics(how = {}) {
    checkOptions("topics", how, optionsOf.topics);
    const { prefix, after, limit, ns } = how;
    const { topics, total, more } = await this.#core.requests.ask("topic.list", { prefix, after, limit, ns });
    return { topics, total, more };
  }

  async clients(how = {}) {
    checkOptions("clients", how, optionsOf.clients);
    const { prefix, after, limit, ns } = how;
    const { clients, total, more } = await this.#core.requests.ask("client.list", { prefix, after, limit, ns });
    return { clients, total, more };
  }

  async ping() {
    await this.#core.requests.ask("ping", {});
  }

  refreshToken(token) {
    return this.#core.refreshToken(token);
  }

  async close() {
    this.#core.close();
    await this.ended;
  }
}

function encoded(payload) {
  try {
    return encodePayload(payload);
  } catch (error) {
    throw new RestanteError("invalid_argument", error.message);
  }
}

/** Makes message ids that no other connection uses. */
function messageIds() {
  const random = () => Math.floor(Math.random() * 2 ** 32).toString(36);
  const mine = `js-${Date.now().toString(36)}-${random()}${random()}-`;
  let count = 0;
  return () => mine + ++count;
}
