// Every error that the broker sends over the wire, by its number.
//
// These tests cannot provoke 401 storage_failed (the server has no journal), 404 publisher_failed (an embedder's hook),
// 405 internal (a bug) and 406 would_block (a callback of the C++ library).

import assert from "node:assert/strict";
import { test, before, after } from "node:test";

import { errors } from "../restante.js";
import { errorOf, next, open, opened, rewriting, within } from "./support/clients.js";
import { Proxy } from "./support/proxy.js";
import { Server } from "./support/server.js";
import { jwt, jwtFlags } from "./support/tokens.js";

const limits = { timeout: 60_000 };
const undelivered = ["storage_failed", "publisher_failed", "internal", "would_block"];
let server;
before(async () => (server = await Server.start("--keys-per-client", "200")));
after(() => server?.kill());

/** How to provoke each error, by code. Each function answers the error. */
const provoke = {
  async bad_frame(t) {
    // The client itself never sends such a frame (see pure.test.js).
    const junk = JSON.parse("[".repeat(70) + "]".repeat(70));
    const WebSocket = rewriting((asked) => (asked.op === "ping" ? { ...asked, junk } : asked));
    return errorOf((await opened(t, server, { client: "ann", WebSocket })).ping());
  },
  async unknown_op(t) {
    const WebSocket = rewriting((asked) => (asked.op === "ping" ? { ...asked, op: "no.such" } : asked));
    return errorOf((await opened(t, server, { client: "ann", WebSocket })).ping());
  },
  async invalid_argument(t) {
    return errorOf((await opened(t, server, { client: "ann" })).put("", 1));
  },
  async payload_too_large(t) {
    return errorOf((await opened(t, server, { client: "ann" })).put("bob", "x".repeat(65_537)));
  },
  async too_many_targets(t) {
    const targets = Array.from({ length: 1025 }, (_, n) => `target-${n}`);
    return errorOf((await opened(t, server, { client: "ann" })).putMany(targets, 1));
  },
  async not_found(t) {
    return errorOf((await opened(t, server, { client: "ann" })).status("0".repeat(31) + "1"));
  },
  async not_a_suit(t) {
    const ann = await opened(t, server, { client: "ann" });
    return errorOf(ann.awaitReply((await ann.put("absent", 1)).trace));
  },
  async stale_connection(t) {
    return errorOf((await opened(t, server, { client: "ann", visit: true })).set("topic", "key"));
  },
  async already_connected(t) {
    const WebSocket = rewriting((asked) => (asked.op === "ping" ? { ...asked, op: "connect" } : asked));
    return errorOf((await opened(t, server, { client: "ann", WebSocket })).ping());
  },
  async too_many_keys(t) {
    const ann = await opened(t, server, { client: "ann" });
    await Promise.all(Array.from({ length: 200 }, (_, n) => ann.set("topic", `key-${n}`)));
    return errorOf(ann.set("topic", "one more"));
  },
  async too_many_subscriptions(t) {
    const ann = await opened(t, server, { client: "ann" });
    await Promise.all(Array.from({ length: 1024 }, (_, n) => ann.topic(`topic-${n}`).ready));
    return errorOf(ann.topic("one more").ready);
  },
  async too_many_watches(t) {
    const ann = await opened(t, server, { client: "ann" });
    await Promise.all(Array.from({ length: 1024 }, (_, n) => ann.watch(`client-${n}`, () => {}).ready));
    return errorOf(ann.watch("one more", () => {}).ready);
  },
  async target_full(t) {
    const small = await Server.for(t, "--queue-length", "1");
    const bob = await opened(t, small, { client: "bob", ack: "manual" });
    const ann = await opened(t, small, { client: "ann" });
    const offered = next(bob, "notification");
    await ann.put("bob", 1);
    await offered;
    return errorOf(ann.put("bob", 2));
  },
  async topic_full(t) {
    const ann = await opened(t, server, { client: "ann" });
    const sets = Array.from({ length: 130 }, (_, n) => ann.set("full", `key-${n}`, new Uint8Array(16_384)));
    return (await Promise.allSettled(sets)).find(({ status }) => status === "rejected").reason;
  },
  async too_many_waiters(t) {
    const ann = await opened(t, server, { client: "ann" });
    const { trace } = await ann.put("absent", 1, { suit: true });
    const awaits = Array.from({ length: 9 }, () => errorOf(ann.awaitReply(trace, { timeoutMs: 20_000 })));
    return Promise.race(awaits);
  },
  async timeout(t) {
    const ann = await opened(t, server, { client: "ann" });
    return errorOf(ann.ask("absent", 1, { timeoutMs: 1 }));
  },
  async unauthenticated(t) {
    const guarded = await Server.for(t, ...jwtFlags(t));
    return errorOf(open(t, guarded, { client: "ann" }).connected);
  },
  async forbidden(t) {
    return errorOf((await opened(t, server, { client: "ann" })).drain("bob"));
  },
  async token_expired(t) {
    const guarded = await Server.for(t, ...jwtFlags(t));
    return errorOf(open(t, guarded, { token: jwt({ sub: "ann", lives: -10 }) }).connected);
  },
  async token_not_yet_valid(t) {
    const guarded = await Server.for(t, ...jwtFlags(t));
    const nbf = Math.floor(Date.now() / 1000) + 50;
    return errorOf(open(t, guarded, { token: jwt({ sub: "ann", nbf }), reconnect: false }).connected);
  },
  async overloaded(t) {
    const slow = await Server.for(t, "--puts-per-second", "1");
    const ann = await opened(t, slow, { client: "ann" });
    const puts = await Promise.allSettled(Array.from({ length: 20 }, () => ann.put("absent", 1)));
    return puts.find(({ status }) => status === "rejected").reason;
  },
  async shutting_down(t) {
    const stopping = await Server.for(t);
    const ann = await opened(t, stopping, { client: "ann", reconnect: false });
    stopping.stop();
    return (await within(ann.ended, "the end")).error;
  },
  async too_many_connections(t) {
    const small = await Server.for(t, "--max-connections", "1");
    await opened(t, small, { client: "ann" });
    return errorOf(open(t, small, { client: "bob", reconnect: false }).connected);
  },
  async unknown_outcome(t) {
    const proxy = await Proxy.for(t, server);
    const ann = await opened(t, proxy, { client: "cut" });
    proxy.freeze();
    const published = errorOf(ann.publish("topic", 1));
    proxy.cut();
    return published;
  },
  async unreachable(t) {
    const gone = await Server.start();
    await gone.kill();
    return errorOf(open(t, gone, { client: "ann", deadlineMs: 100 }).put("bob", 1));
  },
};

for (const [code, provoked] of Object.entries(provoke)) {
  test(`error_${errors[code].number}_${code}_is_told`, limits, async (t) => {
    const error = await within(provoked(t), "the error", 20_000);
    assert.deepEqual([error.name, error.code, error.number, error.retry],
      ["RestanteError", code, errors[code].number, errors[code].retry]);
    assert.ok(error.message.length > 0);
  });
}

test("every_error_is_provoked_or_known_to_be_out_of_reach", () => {
  assert.deepEqual([...Object.keys(provoke), ...undelivered].sort(), Object.keys(errors).sort());
});

test("W5_what_the_broker_refused_as_bad_is_told_and_never_asked_again", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  let sent = 0;
  const spoil = ({ op, ...rest }) => (op === "notify.put" ? (++sent, { ...rest, op, spoiled: true }) : { op, ...rest });
  // Half a surrogate pair, which JSON.stringify never writes, but other languages do.
  const Rewriting = rewriting(spoil);
  const WebSocket = class extends Rewriting {};
  WebSocket.prototype.send = function send(text) {
    const said = JSON.stringify(spoil(JSON.parse(text))).replace('"spoiled":true', '"spoiled":NaN');
    Object.getPrototypeOf(Rewriting.prototype).send.call(this, said);
  };
  const ann = await opened(t, proxy, { client: "spoiler", WebSocket });
  const errors = await Promise.all(Array.from({ length: 20 }, (_, n) => errorOf(ann.put("bob", n))));
  assert.ok(errors.every(({ code, retry }) => code === "bad_frame" && !retry));
  const connected = next(ann, "connected");
  proxy.cut();
  await connected;
  await ann.ping();
  assert.deepEqual([sent, ann.state], [20, "connected"]);
});

test("options_of_an_operation_are_checked_by_name_and_type", limits, async (t) => {
  const ann = await opened(t, server, { client: "optional" });
  const message = async (promise) => {
    const error = await errorOf(promise);
    assert.deepEqual([error.name, error.code], ["RestanteError", "invalid_argument"]);
    return error.message;
  };
  assert.equal(await message(ann.put("bob", 1, { ttl: 60 })), 'put has no option "ttl": it is called ttlMs');
  assert.match(await message(ann.put("bob", 1, { ttl_seconds: 60 })), /^put has no option "ttl_seconds"/);
  assert.equal(await message(ann.put("bob", 1, { ttlMs: "60" })), "the option ttlMs of put is no whole number");
  assert.equal(await message(ann.put("bob", 1, { suit: 1 })), "the option suit of put is neither true nor false");
  assert.match(await message(ann.put("bob", 1, { atCap: "drop" })), /is none of "evict", "reject"$/);
  assert.match(await message(ann.put("bob", 1, 60)), /no object/);
  assert.match(await message(ann.putMany(["bob"], 1, { messageID: "m" })), /it is called messageId$/);
  assert.match(await message(ann.ask("bob", 1, { timeout: 5 })), /it is called timeoutMs$/);
  assert.match(await message(ann.awaitReply("x", { timeoutMs: "5" })), /timeoutMs/);
  assert.match(await message(ann.set("t", "k", 1, { ttl: 5 })), /it is called ttlMs$/);
  assert.match(await message(ann.list("t", { namespace: "x" })), /it has ns$/);
  assert.match(await message(ann.topics({ limit: "5" })), /limit/);
  assert.match(await message(ann.pending("bob", { n: 1 })), /no option/);
  assert.throws(() => ann.hold("t", "k", 1, { ttl: 5 }), { name: "TypeError", message: /it is called ttlMs$/ });
  await ann.put("bob", 1, { ttlMs: undefined });
});

test("W5_wrong_arguments_in_plenty_do_not_end_the_connection", limits, async (t) => {
  const ann = await opened(t, server, { client: "clumsy" });
  for (let n = 0; n < 20; ++n)
    assert.equal((await errorOf(ann.put("bob", undefined))).number, 102); // its pack is missing
  const many = await Promise.allSettled(Array.from({ length: 100 }, () => ann.put("bob", undefined)));
  assert.ok(many.every(({ reason }) => reason.number === 102));
  await ann.ping();
});

test("W5_what_is_just_small_enough_is_answered", limits, async (t) => {
  const ann = await opened(t, server, { client: "bounds" });
  const nested = (levels) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  await ann.put("absent", nested(63));
  assert.equal((await errorOf(ann.put("absent", nested(64)))).code, "bad_frame");
  assert.equal((await errorOf(ann.put("absent", "x".repeat((1 << 20) - 200)))).code, "payload_too_large");
  assert.equal((await errorOf(ann.put("absent", "x".repeat(1 << 20)))).code, "bad_frame");
  const half = await errorOf(ann.put("absent", { text: "half \ud83c" }));
  assert.deepEqual([half.code, half.message.split(" has half")[0]], ["invalid_argument", "pack.text"]);
  await ann.put("absent", "nothing \0 but a whole \u{1f388}");
});

test("what_cannot_be_connected_ends_with_what_was_wrong", limits, async (t) => {
  const ended = async (options) => (await within(open(t, server, options).ended, "the end")).error.code;
  assert.equal(await ended({ client: "" }), "invalid_argument");
  assert.equal(await ended({ client: "ann", maxInflight: 0 }), "invalid_argument");
});
