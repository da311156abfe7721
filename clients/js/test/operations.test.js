// Every operation, against the real server.

import assert from "node:assert/strict";
import { test, before, after } from "node:test";

import { errorOf, next, open, opened, record, within, ws } from "./support/clients.js";
import { Server } from "./support/server.js";

const limits = { timeout: 60_000 };
let server;
before(async () => (server = await Server.start()));
after(() => server?.kill());

test("W4_a_connect_says_who_it_is", limits, async (t) => {
  const ann = open(t, server, { client: "ann", ns: "acme" });
  assert.deepEqual([ann.state, ann.client], ["connecting", undefined]);
  const received = next(ann, "connected");
  const connected = await within(ann.connected, "the connect");
  assert.deepEqual(await received, connected);
  const { epoch, ...rest } = connected;
  assert.ok(epoch > 0);
  assert.deepEqual(rest, { client: "ann", ns: "acme", resumed: false, pending: 0, pingMs: 10_000 });
  assert.deepEqual([ann.state, ann.client, ann.ns], ["connected", "ann", "acme"]);
});

test("W4_without_a_name_the_broker_makes_one_up", limits, async (t) => {
  const nobody = await opened(t, server);
  assert.match(nobody.client, /^anonymous-/);
});

test("what_is_asked_before_the_connect_waits_for_it", limits, async (t) => {
  const ann = open(t, server, { client: "early" });
  assert.equal((await ann.put("nobody-yet", 1)).trace.length, 32);
});

test("N1_a_put_comes_out_as_it_went_in", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "bob" });
  const pack = { text: "grüße 🎈", list: [1, null, false, { snake_case: { a: 1 } }], created_at_ms: 7 };
  const received = next(bob, "notification");
  const put = await ann.put("bob", pack, { ttlMs: 5000 });
  assert.equal(put.expiresAtMs - put.createdAtMs, 5000);
  const { ack, reply, ...notification } = await received;
  assert.deepEqual(notification, {
    trace: put.trace, from: "ann", pack, suit: false, createdAtMs: put.createdAtMs,
    expiresAtMs: put.expiresAtMs, attempts: 1,
  });
});

test("N14_a_put_with_the_same_message_id_is_a_duplicate", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const first = await ann.put("absent", 1, { messageId: "m1" });
  const second = await ann.put("absent", 2, { messageId: "m1" });
  assert.deepEqual(second, { ...first, duplicate: true });
});

test("N4_a_put_tells_what_had_to_go", limits, async (t) => {
  const small = await Server.for(t, "--queue-length", "1");
  const ann = await opened(t, small, { client: "ann" });
  const first = await ann.put("absent", 1);
  assert.equal((await ann.put("absent", 2)).evicted, first.trace);
});

test("N4_a_put_may_rather_be_refused", limits, async (t) => {
  const small = await Server.for(t, "--queue-length", "1");
  const ann = await opened(t, small, { client: "ann" });
  const first = await ann.put("absent", 1);
  const { code, retry } = await errorOf(ann.put("absent", 2, { atCap: "reject" }));
  assert.deepEqual([code, retry], ["target_full", true]);
  assert.equal((await ann.status(first.trace)).state, "queued");
});

test("N15_a_put_takes_the_place_of_the_one_with_its_key", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const receipts = record(ann, "receipt");
  const first = await ann.put("nobody-15", 1, { collapseKey: "k", receipts: true });
  assert.deepEqual([first.accepted, first.collapsed], ["memory", undefined]);
  assert.equal((await ann.put("nobody-15", 2, { collapseKey: "k" })).collapsed, first.trace);
  assert.equal((await errorOf(ann.status(first.trace))).code, "not_found");
  await receipts.reach(2);
  assert.deepEqual(receipts.map(({ state }) => state), ["queued", "collapsed"]);
});

test("N16_a_delayed_put_waits", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "bob-16" });
  const received = record(bob, "notification");
  const late = await ann.put("bob-16", "late", { delayMs: 300 });
  const { dueAtMs, createdAtMs, state } = await ann.status(late.trace);
  assert.deepEqual([dueAtMs - createdAtMs, state], [300, "queued"]);
  const soon = await ann.put("bob-16", "soon");
  await received.reach(2);
  assert.deepEqual(received.map(({ trace }) => trace), [soon.trace, late.trace]);
});

test("N17_one_outcome_per_target_in_their_order", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const outcomes = await ann.putMany(["one", "", "two"], { n: 1 });
  assert.deepEqual(outcomes.map(({ to, ok }) => [to, ok]), [["one", true], ["", false], ["two", true]]);
  assert.match(outcomes[0].trace, /^[0-9a-f]{32}$/);
  assert.deepEqual([outcomes[1].error.code, outcomes[1].error.number], ["invalid_argument", 102]);
});

test("N12_receipts_tell_each_step", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const receipts = record(ann, "receipt");
  const { trace } = await ann.put("cid", "hello", { receipts: true });
  const cid = await opened(t, server, { client: "cid" });
  await next(cid, "notification");
  await receipts.reach(3);
  assert.deepEqual(receipts.map(({ to, state }) => [to, state]),
    [["cid", "queued"], ["cid", "offered"], ["cid", "delivered"]]);
  assert.ok(receipts.every((receipt) => receipt.trace === trace && receipt.atMs > 0));
});

test("N13_ask_answers_the_reply", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "bob" });
  bob.on("notification", async (it) => {
    const status = await it.reply({ at: "eight" });
    assert.equal(status.replied, true);
  });
  const { trace, reply, repliedAtMs } = await ann.ask("bob", "when?", { timeoutMs: 5000 });
  assert.deepEqual([reply, trace.length, repliedAtMs > 0], [{ at: "eight" }, 32, true]);
});

test("N6_a_status_shows_each_step", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const { trace, createdAtMs, expiresAtMs } = await ann.put("dora", { p: 1 }, { suit: true });
  const queued = { trace, from: "ann", to: "dora", pack: { p: 1 }, suit: true, state: "queued",
    createdAtMs, expiresAtMs, delivered: false, replied: false, attempts: 0 };
  assert.deepEqual(await ann.status(trace), queued);
  const dora = await opened(t, server, { client: "dora", ack: "manual" });
  const it = await next(dora, "notification");
  assert.equal((await ann.status(trace)).state, "offered");
  assert.deepEqual(await it.ack(), { late: false });
  assert.deepEqual(await dora.ack(trace), { late: true });
  const status = await it.reply(null);
  assert.deepEqual([status.state, status.reply, status.delivered, status.deliveredAtMs > 0, status.repliedAtMs > 0],
    ["replied", null, true, true, true]);
});

test("N9_pending_counts_what_waits", limits, async (t) => {
  const eve = await opened(t, server, { client: "eve", ack: "manual" });
  const ann = await opened(t, server, { client: "ann" });
  await ann.put("eve", 1);
  assert.deepEqual(await eve.pending(), { pending: 1 });
  assert.equal((await errorOf(ann.pending("eve"))).code, "forbidden");
});

test("N11_auto_acknowledges_without_the_client", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const fay = await opened(t, server, { client: "fay", ack: "auto" });
  const received = next(fay, "notification");
  const receipt = next(ann, "receipt", ({ state }) => state === "delivered");
  await ann.put("fay", 1, { receipts: true });
  await received;
  await receipt;
});

test("the_server_identity_drains_purges_and_puts_for_others", limits, async (t) => {
  const desk = await opened(t, server, { visit: true });
  assert.deepEqual([desk.client, (await desk.connected).epoch], ["", 0]);
  const put = await desk.put("gus", "hello", { from: "post", ns: "other" });
  assert.deepEqual(await desk.pending("gus", { ns: "other" }), { pending: 1, connected: false });
  assert.equal((await desk.status(put.trace, { ns: "other" })).from, "post");
  assert.deepEqual(await desk.drain("gus"), []);
  const drained = await desk.drain("gus", { ns: "other" });
  assert.deepEqual(drained.map(({ trace, pack, delivered }) => [trace, pack, delivered]), [[put.trace, "hello", true]]);
  const suit = await desk.put("gus", 1, { suit: true, ns: "other" });
  const awaited = desk.awaitReply(suit.trace, { ns: "other" });
  await desk.reply(suit.trace, 7, { ns: "other" });
  assert.equal((await awaited).reply, 7);
  const short = await desk.put("gus", 1, { ttlMs: 1, ns: "other" });
  await errorOf(desk.awaitReply(short.trace, { ns: "other" })); // it has expired, or is no suit: in both cases time passes
  await within((async () => {
    while (await desk.purge({ ns: "other" }) === 0);
  })(), "the expiry");
});

test("a_visit_looks_at_topics_and_clients_without_being_one", limits, async (t) => {
  const desk = await opened(t, server, { visit: true, ns: "looked-at" });
  const view = await desk.topic("room").ready;
  const told = new Promise((resolve) => desk.watch("ann", (isThere) => isThere && resolve()));
  const set = next(view, "change", ({ kind }) => kind === "set");
  const ann = await opened(t, server, { client: "ann", ns: "looked-at" });
  await ann.set("room", "key", "seen");
  assert.equal((await set).entry.text, "seen");
  await within(told, "the watch");
  assert.equal((await errorOf(desk.set("room", "key"))).code, "stale_connection");
});

test("E1_a_key_is_set_listed_and_cleared", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  await ann.set("doc/1", "text", "grüße", { ttlMs: 5000 });
  await ann.set("doc/1", "json", { line: 7 });
  await ann.set("doc/1", "bytes", new Uint8Array([0, 255]));
  await ann.set("doc/1", "nothing");
  const { entries, epoch, seq } = await ann.list("doc/1");
  assert.deepEqual([seq, epoch > 0], [4, true]);
  assert.deepEqual(entries.map(({ key }) => key), ["bytes", "json", "nothing", "text"]);
  const [bytes, json, nothing, text] = entries;
  assert.deepEqual([[...bytes.bytes], json.json, nothing.bytes.length, text.text], [[0, 255], { line: 7 }, 0, "grüße"]);
  assert.ok(text.expiresAtMs > Date.now() && text.expiresAtMs <= Date.now() + 5000 && text.clientId === "ann");
  await ann.clear("doc/1", "json");
  assert.equal((await ann.list("doc/1")).entries.length, 3);
  assert.deepEqual(await ann.list("no such"), { entries: [], epoch: 0, seq: 0 });
  const desk = await opened(t, server, { visit: true });
  assert.equal((await desk.list("doc/1", { ns: "" })).entries.length, 3);
});

test("E16_a_message_reaches_the_views_of_a_topic", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "bob" });
  const view = await ann.topic("room").ready;
  const received = next(view, "message");
  await bob.publish("room", { z: 1, snake_case: [] });
  assert.deepEqual(await received, { clientId: "bob", data: { z: 1, snake_case: [] } });
});

test("E4_whoever_loses_a_key_is_told", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "bob" });
  await ann.set("desk", "lamp");
  const lost = next(ann, "lost");
  await bob.set("desk", "lamp");
  assert.deepEqual(await lost, { topic: "desk", key: "lamp", clientId: "bob" });
});

test("a_ping_is_answered", limits, async (t) => {
  await (await opened(t, server, { client: "ann" })).ping();
});

test("C6_close_answers_what_was_asked_before", limits, async (t) => {
  const ann = await opened(t, server, { client: "leaver" });
  const asked = Array.from({ length: 50 }, (_, n) => ann.put("absent-too", n));
  const set = ann.set("desk", "gone");
  const awaited = ann.put("absent-too", 1, { suit: true }).then(({ trace }) => trace);
  const closed = ann.close();
  assert.equal((await errorOf(ann.ping())).code, "stale_connection");
  assert.equal((await Promise.all(asked)).length, 50);
  await set;
  await awaited;
  await within(closed, "the end");
  assert.deepEqual([ann.state, await ann.ended], ["ended", { code: 1000, reason: "left" }]);
  const bob = await opened(t, server, { client: "bob" });
  assert.ok(!(await bob.list("desk")).entries.some(({ key }) => key === "gone"));
});

test("close_does_not_wait_for_a_reply_that_may_take_hours", limits, async (t) => {
  const ann = await opened(t, server, { client: "waiter" });
  const { trace } = await ann.put("absent-too", 1, { suit: true });
  const refused = errorOf(ann.awaitReply(trace, { timeoutMs: 3_600_000 }));
  await ann.ping();
  await within(ann.close(), "the end", 5000);
  assert.equal((await refused).code, "stale_connection");
});

test("close_before_the_connect_ends_it", limits, async (t) => {
  const ann = open(t, server, { client: "ann" });
  const refused = errorOf(ann.connected);
  await within(ann.close(), "the end");
  assert.equal((await refused).code, "stale_connection");
  await ann.close();
});

test("topic_list_pages_through_the_topics", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann", ns: "pages" });
  await Promise.all(["b/2", "a", "b/1", "b/3"].map((topic) => ann.set(topic, "key")));
  await ann.topic("b/1").ready;
  const first = await ann.topics({ prefix: "b/", limit: 2 });
  assert.deepEqual(first, {
    topics: [{ topic: "b/1", keys: 1, subscribers: 1 }, { topic: "b/2", keys: 1, subscribers: 0 }],
    total: 3, more: true,
  });
  const second = await ann.topics({ prefix: "b/", limit: 2, after: "b/2" });
  assert.deepEqual([second.topics.map(({ topic }) => topic), second.more], [["b/3"], false]);
  assert.equal((await ann.topics()).total, 4);
});

test("client_list_pages_through_the_clients", limits, async (t) => {
  const desk = await opened(t, server, { visit: true });
  const ann = await opened(t, server, { client: "ann", ns: "people" });
  await ann.put("bob", 1);
  assert.deepEqual(await desk.clients({ ns: "people" }), {
    clients: [{ client: "ann", connected: true, pending: 0 }, { client: "bob", connected: false, pending: 1 }],
    total: 2, more: false,
  });
  assert.deepEqual((await desk.clients({ ns: "people", after: "ann", limit: 1 })).clients.length, 1);
  assert.equal((await errorOf(ann.clients())).code, "forbidden");
});

test("a_runtime_without_a_websocket_is_told_what_to_do", limits, () => {
  if (globalThis.WebSocket === undefined)
    assert.throws(() => open({ after() {} }, "ws://127.0.0.1:1", { WebSocket: undefined }), TypeError);
  assert.equal(typeof ws, "function");
});
