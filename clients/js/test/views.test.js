// Views of topics, against the real server.

import assert from "node:assert/strict";
import { test, before, after } from "node:test";

import { errorOf, next, opened, record, sameAsList, within, ws } from "./support/clients.js";
import { Proxy } from "./support/proxy.js";
import { Server } from "./support/server.js";
import { jwt, jwtFlags } from "./support/tokens.js";

const limits = { timeout: 60_000 };
let server;
before(async () => (server = await Server.start("--output-bytes", "65536", "--ping-interval-ms", "10000")));
after(() => server?.kill());

async function assertSameAsList(view, connection) {
  const [shown, listed] = await within(sameAsList(view, connection), "the state of the list");
  assert.deepEqual(shown, listed);
  return listed;
}

test("E11_a_view_equals_the_list_while_others_set_and_clear", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const writers = await Promise.all(["w1", "w2", "w3"].map((client) => opened(t, server, { client })));
  const busy = writers.map(async (writer, which) => {
    for (let n = 0; n < 200; ++n) {
      const key = `key-${(n * 7 + which) % 40}`;
      await (n % 3 === 2 ? writer.clear("busy", key) : writer.set("busy", key, `${which}:${n}`));
    }
  });
  const view = ann.topic("busy");
  await view.ready;
  await assertSameAsList(view, ann);
  await Promise.all(busy);
  const listed = await assertSameAsList(view, ann);
  assert.ok(listed.length > 10);
  await writers[0].close();
  await writers[1].close();
  const left = await assertSameAsList(view, ann);
  assert.ok(left.every(([, clientId]) => clientId === "w3"));
});

test("E10_changes_say_what_happened_in_order", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "bob" });
  const view = ann.topic("story");
  const changes = record(view, "change");
  await view.ready;
  await bob.set("story", "a", "1");
  await bob.set("story", "a", "2");
  await bob.clear("story", "a");
  await bob.clear("story", "never there");
  await bob.set("story", "b", "short", { ttlMs: 50 });
  await changes.reach(6);
  await bob.set("story", "c");
  await bob.close();
  await changes.reach(8);
  assert.deepEqual(changes.map(({ kind, entry, reason }) => [kind, entry?.key, entry?.text, reason]), [
    ["snapshot", undefined, undefined, undefined],
    ["set", "a", "1", undefined],
    ["set", "a", "2", undefined],
    ["clear", "a", "2", "explicit"],
    ["set", "b", "short", undefined],
    ["clear", "b", "short", "expired"],
    ["set", "c", "", undefined],
    ["clear", "c", "", "disconnect"],
  ]);
  assert.deepEqual([view.seq, view.entries.size, view.live], [7, 0, true]);
});

test("E8_entries_come_in_byte_order_of_their_keys", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const keys = ["\u{1f388}", "\uffff", "\ue000", "z", "a", "ß", "~", "\u{10ffff}", "\u0001", "a\0b", "\ud7ff"];
  const before = await ann.topic("order").ready;
  for (const key of keys)
    await ann.set("order", key);
  await assertSameAsList(before, ann);
  const after = await ann.topic("order").ready;
  const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const view of [before, after])
    assert.deepEqual([...view.entries.keys()], sorted);
});

test("E14_a_slow_reader_is_brought_up_to_date_by_a_snapshot", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const slow = await opened(t, proxy, { client: "slow" });
  const busy = await opened(t, server, { client: "busy" });
  const view = await slow.topic("flood").ready;
  const changes = record(view, "change");
  slow.on("interrupted", (loss) => assert.fail(JSON.stringify(loss)));
  proxy.freeze();
  const total = 2000;
  for (let n = 0; n < total; n += 100)
    await Promise.all(Array.from({ length: 100 }, (_, at) =>
      busy.set("flood", `key-${at}`, (String(n + at) + " ").repeat(2000).slice(0, 10_000))));
  proxy.thaw();
  await assertSameAsList(view, busy);
  assert.equal(view.entries.size, 100);
  assert.ok(changes.some(({ kind }) => kind === "snapshot"), "events were left out");
  assert.ok(changes.length < total);
  await busy.set("flood", "key-0", "the last");
  if (view.entries.get("key-0").text !== "the last")
    await next(view, "change", () => view.entries.get("key-0").text === "the last");
});

test("several_views_share_a_subscription_until_the_last_is_closed", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "bob" });
  const subscribers = async () => (await bob.list("shared")).seq;
  const [one, two] = await Promise.all([ann.topic("shared").ready, ann.topic("shared").ready]);
  assert.equal(one.entries, two.entries);
  const late = ann.topic("shared");
  const shown = next(late, "change");
  assert.deepEqual(await shown, { kind: "snapshot" });
  one.close();
  one.close();
  assert.equal(one.live, false);
  const received = next(two, "change", ({ kind }) => kind === "set");
  await bob.set("shared", "key");
  await received;
  two.close();
  late.close();
  await ann.ping();
  await bob.set("shared", "after");
  const again = await ann.topic("shared").ready;
  await assertSameAsList(again, bob);
  assert.ok((await subscribers()) > 0);
});

test("a_view_closed_and_opened_at_once_is_subscribed", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, proxy, { client: "ann-again" });
  await ann.set("again", "key");
  for (let n = 0; n < 5; ++n) {
    const view = await ann.topic("again").ready;
    if (n % 2)
      proxy.cut();
    view.close();
  }
  const view = ann.topic("again");
  await view.ready;
  await ann.set("again", "last");
  await assertSameAsList(view, ann);
});

test("a_view_closed_while_interrupted_is_unsubscribed_after_the_resume", limits, async (t) => {
  const said = [];
  const WebSocket = class extends ws {
    send(text) {
      said.push(JSON.parse(text).op);
      super.send(text);
    }
  };
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, proxy, { client: "ann-away", WebSocket });
  const view = await ann.topic("away").ready;
  const interrupted = next(ann, "interrupted");
  proxy.cut();
  await interrupted;
  view.close();
  const { resumed } = await next(ann, "connected");
  await ann.ping();
  assert.deepEqual([resumed, said.includes("topic.unsubscribe")], [true, true]);
});

test("a_gap_in_the_events_is_noticed_and_closed", limits, async (t) => {
  let drop = () => false;
  const WebSocket = class extends ws {
    addEventListener(event, listener) {
      super.addEventListener(event, event !== "message" ? listener : (it) => drop(it.data) || listener(it));
    }
  };
  const ann = await opened(t, server, { client: "ann", WebSocket });
  const view = await ann.topic("gap").ready;
  drop = (text) => text.includes('"key":"lost"');
  await ann.set("gap", "lost", "1");
  drop = () => false;
  const shown = next(view, "change", ({ kind }) => kind === "snapshot");
  await ann.set("gap", "heard", "2");
  await shown;
  assert.deepEqual([...view.entries.keys()], ["heard", "lost"]);
  await assertSameAsList(view, ann);
});

test("a_refused_subscription_is_told", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const view = ann.topic("");
  const told = next(view, "error");
  assert.equal((await errorOf(view.ready)).code, "invalid_argument");
  assert.equal((await told).code, "invalid_argument");
  assert.equal(view.live, false);
});

test("W7_a_view_that_a_fresh_token_does_not_cover_is_told_so", limits, async (t) => {
  const guarded = await Server.for(t, ...jwtFlags(t));
  const token = jwt({ sub: "ann" });
  const ann = await opened(t, guarded, { token });
  const [open, shut] = await Promise.all([ann.topic("open").ready, ann.topic("shut").ready]);
  const changes = record(open, "change");
  const told = next(shut, "error");
  await ann.refreshToken(jwt({ sub: "ann", rights: { read: ["open"], write: [{ topic: "open", key: "*" }] } }));
  assert.deepEqual([(await told).code, shut.live], ["forbidden", false]);
  await ann.set("open", "key");
  await assertSameAsList(open, ann);
  assert.deepEqual(changes.map(({ kind }) => kind), ["set"]);
});

test("a_listener_that_throws_breaks_nothing", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const errors = record(ann, "error");
  const view = ann.topic("thrown");
  view.on("change", () => { throw new Error("of a view"); });
  const changes = record(view, "change");
  await view.ready;
  ann.watch("ann", () => { throw new Error("of a watch"); });
  ann.on("lost", async () => { throw new Error("of a promise"); });
  await ann.set("thrown", "key");
  await changes.reach(2);
  const bob = await opened(t, server, { client: "bob" });
  await bob.set("thrown", "key");
  await errors.reach(5);
  assert.deepEqual([...new Set(errors.map(({ message }) => message))].sort(), ["of a promise", "of a view", "of a watch"]);
  await assertSameAsList(view, ann);
});

test("a_view_acts_on_its_topic", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const view = await ann.topic("acts").ready;
  const messages = record(view, "message");
  await view.set("key", { n: 1 }, { ttlMs: 9000 });
  await view.publish([1]);
  await view.hold("held").ready;
  await view.clear("key");
  await messages.reach(1);
  assert.deepEqual((await assertSameAsList(view, ann)).map(([key]) => key), ["held"]);
  assert.equal(view.name, "acts");
});
