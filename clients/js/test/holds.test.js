// Holds and watches, against the real server.

import assert from "node:assert/strict";
import { test, before, after } from "node:test";

import { errorOf, next, opened, record, rewriting, within } from "./support/clients.js";
import { Proxy } from "./support/proxy.js";
import { Server } from "./support/server.js";

const limits = { timeout: 60_000 };
let server;
before(async () => (server = await Server.start()));
after(() => server?.kill());

const keysOf = async (connection, topic) =>
  (await connection.list(topic)).entries.map(({ key, clientId, text }) => `${key} ${clientId} ${text}`.trimEnd());

test("E2_a_hold_renews_its_lease_at_half_its_time", limits, async (t) => {
  const times = [];
  const leases = [];
  const WebSocket = rewriting((asked) => {
    if (asked.op === "ephemeral.set") {
      times.push(performance.now());
      leases.push(asked.ttl_ms);
    }
    return asked;
  });
  const ann = await opened(t, server, { client: "ann", WebSocket });
  const bob = await opened(t, server, { client: "bob" });
  const changes = record(await bob.topic("lease").ready, "change");
  const held = ann.hold("lease", "key", "here", { ttlMs: 1500 });
  await held.ready;
  await changes.reach(4); // after one and a half leases
  assert.ok(changes.every(({ kind, reason }) => kind === "set" && reason === undefined), "it never ran out");
  const pauses = times.slice(1).map((at, n) => at - times[n]);
  assert.ok(pauses.every((ms) => ms >= 740), `renewed after ${pauses}`);
  assert.ok(leases.every((ms) => ms === 1500));
});

test("E2_a_hold_without_a_time_says_the_usual_one", limits, async (t) => {
  const leases = [];
  const WebSocket = rewriting((asked) => (asked.op === "ephemeral.set" && leases.push(asked.ttl_ms), asked));
  const ann = await opened(t, server, { client: "ann", WebSocket });
  await ann.hold("lease", "usual").ready;
  await ann.hold("lease", "long", "", { ttlMs: 1e9 }).ready;
  assert.deepEqual(leases, [60_000, 1_800_000]);
});

test("a_hold_is_updated_and_released", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const held = ann.hold("desk", "key", "1");
  await held.ready;
  const updates = ["2", "3", "4"].map((text) => held.update(text));
  await Promise.all(updates);
  assert.deepEqual(await keysOf(ann, "desk"), ["key ann 4"]);
  await held.release();
  await held.release();
  assert.deepEqual(await keysOf(ann, "desk"), []);
  assert.equal((await errorOf(held.update("5"))).code, "stale_connection");
});

test("a_release_and_a_hold_at_once_leave_it_held", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const first = ann.hold("desk", "again", "1");
  const released = first.release();
  const second = ann.hold("desk", "again", "2");
  await Promise.all([released, second.ready]);
  assert.deepEqual(await keysOf(ann, "desk"), ["again ann 2"]);
  const third = ann.hold("desk", "again", "3");
  await Promise.all([second.lost, third.ready]);
  await second.release();
  assert.deepEqual(await keysOf(ann, "desk"), ["again ann 3"]);
});

test("E4_a_hold_that_was_taken_over_is_held_no_longer", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "bob" });
  const held = ann.hold("desk", "taken", "ann's", { ttlMs: 3000 });
  await held.ready;
  await bob.set("desk", "taken", "bob's", { ttlMs: 5000 });
  await within(held.lost, "the loss");
  await held.release();
  assert.deepEqual(await keysOf(bob, "desk"), ["taken bob bob's"]);
});

test("E4_a_key_taken_over_while_interrupted_is_not_taken_back", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, proxy, { client: "away" });
  const bob = await opened(t, server, { client: "bob" });
  const held = ann.hold("desk", "away", "ann's");
  await held.ready;
  const interrupted = next(ann, "interrupted");
  proxy.refuse();
  await interrupted;
  await bob.set("desk", "away", "bob's");
  const connected = next(ann, "connected");
  proxy.isRefusing = false;
  assert.equal((await connected).resumed, true);
  await within(held.lost, "the loss");
  await ann.list("desk"); // the answer comes after everything that ann may have set
  assert.deepEqual(await keysOf(bob, "desk"), ["away bob bob's"]);
});

test("E4_a_key_taken_over_and_set_again_unawares_is_left_to_nobody", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, proxy, { client: "unaware" });
  const bob = await opened(t, server, { client: "bob-2" });
  const held = ann.hold("crossing", "key", "1");
  await held.ready;
  proxy.hush();
  await bob.set("crossing", "key");
  const lostOfBob = next(bob, "lost");
  const update = errorOf(held.update("2"));
  await lostOfBob; // ann took the key back before she learned that bob had taken it over
  const view = await bob.topic("crossing").ready;
  const cleared = next(view, "change", ({ kind }) => kind === "clear");
  proxy.thaw();
  await within(held.lost, "the loss");
  assert.equal((await update).code, "stale_connection");
  await cleared;
  assert.equal(view.entries.size, 0);
});

test("E3_a_hold_that_is_refused_says_so", limits, async (t) => {
  const small = await Server.for(t, "--keys-per-client", "1");
  const ann = await opened(t, small, { client: "ann" });
  const held = ann.hold("desk", "one");
  await held.ready;
  const refused = ann.hold("desk", "two");
  assert.equal((await errorOf(refused.ready)).code, "too_many_keys");
  await within(refused.lost, "the loss");
  const tooLarge = errorOf(held.update(new Uint8Array(16_385)));
  assert.equal((await tooLarge).code, "payload_too_large");
  await held.update("still held");
  assert.deepEqual(await keysOf(ann, "desk"), ["one ann still held"]);
  assert.equal((await errorOf(held.update(() => {}))).code, "invalid_argument");
});

test("E13_a_hold_goes_on_through_a_resume", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, proxy, { client: "steady" });
  const bob = await opened(t, server, { client: "bob" });
  const changes = record(await bob.topic("steady").ready, "change");
  await ann.hold("steady", "key", "", { ttlMs: 2000 }).ready;
  for (let n = 0; n < 3; ++n) {
    const connected = next(ann, "connected");
    proxy.cut();
    assert.equal((await connected).resumed, true);
  }
  await changes.reach(3); // renewed at once, and again after half a lease
  assert.ok(changes.every(({ kind }) => kind === "set"));
});

test("E6_holds_go_with_a_clean_close_at_once", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "bob" });
  const held = ann.hold("desk", "gone");
  await held.ready;
  await ann.close();
  await held.lost;
  await held.release();
  assert.ok(!(await keysOf(bob, "desk")).some((key) => key.startsWith("gone")));
  assert.equal((await errorOf(ann.hold("desk", "late").ready)).code, "stale_connection");
});

test("C5_a_watch_tells_the_present_state_and_each_change", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const told = [];
  let tell = () => {};
  const watch = ann.watch("guest", (connected) => tell(told.push(connected)));
  const reach = (count) => within(new Promise((resolve) => {
    tell = () => told.length >= count && resolve();
    tell();
  }), `change ${count}`);
  assert.equal(watch.connected, undefined);
  await watch.ready;
  await reach(1);
  const guest = await opened(t, server, { client: "guest" });
  await reach(2);
  const second = [];
  const late = ann.watch("guest", (connected) => second.push(connected));
  await late.ready;
  await ann.ping();
  await guest.close();
  await reach(3);
  assert.deepEqual([told, second, watch.connected], [[false, true, false], [true, false], false]);
  watch.close();
  late.close();
  await opened(t, server, { client: "guest" });
  await ann.ping();
  assert.equal(told.length, 3);
});

test("C5_a_watch_is_told_after_a_resume_only_what_has_changed", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, proxy, { client: "watcher" });
  const guest = await opened(t, server, { client: "guest-2" });
  const told = [];
  await ann.watch("guest-2", (connected) => told.push(connected)).ready;
  await ann.ping();
  for (const leave of [false, true]) {
    const interrupted = next(ann, "interrupted");
    proxy.refuse();
    await interrupted;
    if (leave)
      await guest.close();
    const connected = next(ann, "connected");
    proxy.isRefusing = false;
    assert.equal((await connected).resumed, true);
    await ann.list("order"); // the answer comes after the news of the watches
  }
  assert.deepEqual(told, [true, false]);
});

test("C5_a_refused_watch_says_so", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  assert.equal((await errorOf(ann.watch("", () => {}).ready)).code, "invalid_argument");
  assert.throws(() => ann.watch("bob"), TypeError);
});
