// What is lost, and what is kept, when the connection or the broker is lost.

import assert from "node:assert/strict";
import { test, before, after } from "node:test";

import { errorOf, next, open, opened, record, rewriting, sameAsList, within, ws } from "./support/clients.js";
import { Proxy } from "./support/proxy.js";
import { Server } from "./support/server.js";

const limits = { timeout: 60_000 };
let server;
before(async () => (server = await Server.start()));
after(() => server?.kill());

/** A connection through a proxy of its own. */
async function proxied(t, options, at = server) {
  const proxy = await Proxy.for(t, at);
  return [await opened(t, proxy, options), proxy];
}

test("C4_a_lost_connection_is_resumed_with_its_keys_and_subscriptions", limits, async (t) => {
  const [ann, proxy] = await proxied(t, { client: "ann" });
  const bob = await opened(t, server, { client: "bob" });
  const { epoch } = await ann.connected;
  const view = await ann.topic("room").ready;
  const seen = await bob.topic("room").ready;
  await ann.set("room", "ann");
  await sameAsList(seen, bob);
  const changes = record(seen, "change");
  const interrupted = next(ann, "interrupted");
  const connected = next(ann, "connected");
  proxy.cut();
  const { code, retryInMs } = await interrupted;
  assert.deepEqual([code, ann.state, view.live, retryInMs >= 10 && retryInMs <= 20], [1006, "interrupted", false, true]);
  assert.deepEqual([...view.entries.keys()], ["ann"]);
  const again = await connected;
  assert.deepEqual([again.resumed, again.epoch, ann.state], [true, epoch, "connected"]);
  await bob.set("room", "bob");
  const [shown, listed] = await sameAsList(view, ann);
  assert.deepEqual(shown, listed);
  assert.deepEqual(listed.map(([key]) => key), ["ann", "bob"]);
  assert.deepEqual(changes.map(({ kind, entry }) => [kind, entry?.key]), [["set", "bob"]]);
});

test("C4_nothing_acknowledged_is_delivered_twice", limits, async (t) => {
  const [bob, proxy] = await proxied(t, { client: "reader" });
  const ann = await opened(t, server, { client: "ann" });
  const received = record(bob, "notification");
  const total = 200;
  for (let n = 0; n < total; ++n) {
    await ann.put("reader", n);
    if (n % 40 === 20)
      proxy.cut();
  }
  await received.reach(total);
  await bob.ping();
  assert.deepEqual(received.map(({ pack }) => pack), Array.from({ length: total }, (_, n) => n));
});

test("N14_puts_under_cuts_are_neither_lost_nor_doubled", limits, async (t) => {
  const [ann, proxy] = await proxied(t, { client: "writer" });
  const bob = await opened(t, server, { client: "archive" });
  const received = record(bob, "notification");
  const total = 600;
  const puts = [];
  for (let n = 0; n < total; ++n) {
    puts.push(ann.put("archive", n));
    if (n % 20 === 19)
      await Promise.race([puts[n], next(ann, "connected")]); // so that cuts come between the puts
    if (n % 100 === 50)
      proxy.cut();
  }
  const receipts = await within(Promise.all(puts), "the receipts");
  await received.reach(total);
  await bob.ping();
  assert.equal(new Set(receipts.map(({ trace }) => trace)).size, total);
  assert.deepEqual(received.map(({ pack }) => pack).sort((a, b) => a - b), Array.from({ length: total }, (_, n) => n));
  assert.ok(proxy.accepted > 3);
});

test("N14_a_put_whose_answer_was_lost_is_stored_once", limits, async (t) => {
  const [ann, proxy] = await proxied(t, { client: "deaf" });
  const bob = await opened(t, server, { client: "twice" });
  const received = record(bob, "notification");
  proxy.hush();
  const one = ann.put("twice", 1);
  const many = ann.putMany(["twice"], 2);
  const asked = ann.ask("twice", 3);
  bob.on("notification", (it) => it.suit && it.reply("!"));
  await received.reach(3);
  proxy.cut();
  proxy.thaw();
  assert.deepEqual([(await one).duplicate, (await many)[0].duplicate, (await asked).reply], [true, true, "!"]);
  await bob.ping();
  assert.deepEqual(received.map(({ pack }) => pack), [1, 2, 3]);
});

test("what_went_out_and_may_not_be_repeated_ends_unknown_outcome", limits, async (t) => {
  const [desk, proxy] = await proxied(t, { visit: true });
  const [ann, proxyOfAnn] = await proxied(t, { client: "publisher" });
  proxy.freeze();
  proxyOfAnn.freeze();
  const ends = [desk.drain("x"), desk.purge(), ann.publish("room", 1)].map(errorOf);
  const status = desk.pending("x");
  const put = ann.put("x", 1);
  proxy.cut();
  proxyOfAnn.cut();
  for (const end of await Promise.all(ends))
    assert.deepEqual([end.code, end.number, end.retry], ["unknown_outcome", 407, true]);
  proxy.thaw();
  proxyOfAnn.thaw();
  assert.equal((await put).trace.length, 32);
  assert.ok((await status).pending >= 0);
});

test("what_never_went_out_ends_unreachable_and_what_did_unknown_outcome", limits, async (t) => {
  const [ann, proxy] = await proxied(t, { client: "ann-late", deadlineMs: 300 });
  proxy.freeze();
  const sent = errorOf(ann.put("x", 1));
  const lost = next(ann, "interrupted");
  proxy.refuse();
  await lost;
  const unsent = errorOf(ann.put("x", 2));
  assert.equal((await sent).code, "unknown_outcome");
  assert.equal((await unsent).code, "unreachable");
});

test("N13_an_await_goes_on_after_a_reconnect", limits, async (t) => {
  const [ann, proxy] = await proxied(t, { client: "asker" });
  const bob = await opened(t, server, { client: "answerer" });
  const { trace } = await ann.put("answerer", "?", { suit: true });
  const reply = ann.awaitReply(trace);
  await ann.ping();
  const back = next(ann, "connected");
  proxy.cut();
  await back;
  await bob.reply(trace, "!");
  assert.equal((await reply).reply, "!");
});

test("a_killed_broker_comes_again_and_finds_views_watches_and_holds_restored", limits, async (t) => {
  const first = await Server.for(t);
  const [ann, proxy] = await proxied(t, { client: "ann" }, first);
  const view = await ann.topic("room").ready;
  const told = [];
  const watch = ann.watch("bob", (connected) => told.push(connected));
  await watch.ready;
  const held = ann.hold("room", "ann", { line: 7 });
  await held.ready;
  await sameAsList(view, ann);
  await first.kill();
  const second = await Server.for(t);
  const connected = next(ann, "connected");
  proxy.target = second.port;
  assert.equal((await connected).resumed, false);
  const bob = await opened(t, second, { client: "bob" });
  await bob.set("room", "bob");
  if (view.entries.size < 2)
    await next(view, "change", () => view.entries.size === 2);
  const [shown, listed] = await sameAsList(view, ann);
  assert.deepEqual(shown, listed);
  assert.deepEqual(listed, [["ann", "ann", '{"line":7}'], ["bob", "bob", ""]]);
  await ann.ping();
  assert.deepEqual([told, watch.connected], [[false, true], true]);
});

test("a_lost_connection_without_a_window_is_made_anew", limits, async (t) => {
  const [ann, proxy] = await proxied(t, { client: "ann-anew", resumeWindowMs: 0 });
  const view = await ann.topic("anew").ready;
  await ann.hold("anew", "held").ready;
  await ann.set("anew", "set once");
  await sameAsList(view, ann);
  const connected = next(ann, "connected");
  const shown = next(view, "change", ({ kind }) => kind === "snapshot");
  proxy.cut();
  assert.equal((await connected).resumed, false);
  await shown;
  if (!view.entries.has("held"))
    await next(view, "change", () => view.entries.has("held"));
  const [seen, listed] = await sameAsList(view, ann);
  assert.deepEqual([seen, listed.map(([key]) => key)], [listed, ["held"]]);
});

test("what_is_opened_while_nobody_answers_is_there_when_somebody_does", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  proxy.refuse();
  const ann = open(t, proxy, { client: "ann-early", deadlineMs: 50 });
  const losses = record(ann, "interrupted");
  const view = ann.topic("early");
  const held = ann.hold("early", "key");
  const watch = ann.watch("nobody", () => {});
  assert.equal((await errorOf(ann.ping())).code, "unreachable");
  await losses.reach(3);
  assert.equal(ann.state, "connecting");
  proxy.isRefusing = false;
  await within(Promise.all([view.ready, held.ready, watch.ready]), "what was wanted");
});

test("C2_who_was_taken_over_never_comes_again", limits, async (t) => {
  const [old, proxy] = await proxied(t, { client: "twin" });
  const held = old.hold("room", "twin");
  await held.ready;
  await opened(t, server, { client: "twin" });
  const { code, reason, error } = await within(old.ended, "the end");
  assert.deepEqual([code, reason, error.code], [4503, "taken_over", "stale_connection"]);
  await held.lost;
  assert.equal((await errorOf(old.ping())).code, "stale_connection");
  assert.equal((await errorOf(old.topic("room").ready)).code, "stale_connection");
  assert.deepEqual([old.state, proxy.accepted], ["ended", 1]);
});

/** A WebSocket that gets, as if from the broker, `frame` and then the close code `code` for every connect. */
function closingWith(code, seen, frame) {
  return class extends ws {
    constructor(...how) {
      super(...how);
      ++seen.count;
    }

    addEventListener(event, listener) {
      if (event === "open")
        super.addEventListener("open", () => {
          if (frame)
            this.hears({ data: JSON.stringify(frame) });
          this.closes({ code, reason: "as told" });
          this.terminate();
        });
      else if (event === "message")
        this.hears = listener;
      else if (event === "close")
        this.closes = listener;
      else
        super.addEventListener(event, listener);
    }
  };
}

for (const code of [1002, 1007, 1009, 4500, 4501, 4503, 4507, 4999]) {
  test(`W6_${code}_is_the_end`, limits, async (t) => {
    const seen = { count: 0 };
    const ann = open(t, server, { client: "ann", WebSocket: closingWith(code, seen) });
    const end = await within(ann.ended, "the end");
    assert.deepEqual([end.code, seen.count, end.error instanceof Error], [code, 1, true]);
  });
}

for (const code of [1000, 1001, 1005, 1006, 1014, 3000, 4001, 4003, 4005, 4008, 4012, 4499]) {
  test(`W6_${code}_is_not_the_end`, limits, async (t) => {
    const seen = { count: 0 };
    const ann = open(t, server, { client: "ann", WebSocket: closingWith(code, seen) });
    const losses = record(ann, "interrupted");
    await losses.reach(2);
    assert.deepEqual([losses[0].code, losses[0].reason], [code, "as told"]);
  });
}

test("W6_a_goodbye_for_good_is_the_end_whatever_its_code", limits, async (t) => {
  const seen = { count: 0 };
  const WebSocket = closingWith(1006, seen, { _orama: "goodbye", code: 4001, reason: "shutdown", reconnect: false });
  const ann = open(t, server, { client: "ann", WebSocket });
  const { code, reason, error } = await within(ann.ended, "the end");
  assert.deepEqual([code, reason, error.code, seen.count], [4001, "shutdown", "shutting_down", 1]);
});

test("W6_eight_bad_frames_are_the_end", limits, async (t) => {
  const WebSocket = rewriting((asked) => (asked.op === "connect" ? asked : { id: asked.id })); // no requests
  const ann = await opened(t, server, { client: "vandal", WebSocket });
  for (let n = 0; n < 20; ++n)
    ann.ping().catch(() => {});
  const { code, error } = await within(ann.ended, "the end");
  assert.deepEqual([code, error.code], [4501, "bad_frame"]);
});

test("reconnect_false_ends_at_the_first_loss", limits, async (t) => {
  const [ann, proxy] = await proxied(t, { client: "once", reconnect: false });
  proxy.cut();
  const { code, error } = await within(ann.ended, "the end");
  assert.deepEqual([code, error.code], [1006, "unreachable"]);
});

test("C6_a_broker_that_stops_is_looked_for", limits, async (t) => {
  const first = await Server.for(t);
  const [ann, proxy] = await proxied(t, { client: "ann" }, first);
  const interrupted = next(ann, "interrupted");
  const stopped = first.stop();
  assert.equal((await interrupted).code, 4001);
  assert.equal(await within(stopped, "the end of the broker"), 0);
  const second = await Server.for(t);
  const connected = next(ann, "connected");
  proxy.target = second.port;
  await connected;
});

test("C3_a_broker_that_falls_silent_is_noticed", limits, async (t) => {
  const frozen = await Server.for(t, "--ping-interval-ms", "400");
  const ann = await opened(t, frozen, { client: "ann", connectTimeoutMs: 500 });
  const begin = performance.now();
  const interrupted = next(ann, "interrupted");
  frozen.freeze();
  assert.equal((await interrupted).code, 1006);
  const ms = performance.now() - begin;
  assert.ok(ms >= 900 && ms < 15_000, `noticed after ${ms} ms`);
  const connected = next(ann, "connected");
  frozen.thaw();
  await connected;
});

test("C3_a_connection_that_is_only_idle_is_kept", limits, async (t) => {
  let pings = 0;
  let told;
  const second = new Promise((resolve) => (told = resolve));
  const WebSocket = rewriting((asked) => {
    if (asked.op === "ping" && ++pings === 2)
      told();
    return asked;
  });
  const attentive = await Server.for(t, "--ping-interval-ms", "400");
  const ann = await opened(t, attentive, { client: "idle", WebSocket });
  ann.on("interrupted", (loss) => assert.fail(JSON.stringify(loss)));
  await within(second, "the second ping");
  await ann.ping();
});

test("a_connect_that_is_not_answered_is_tried_again", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  proxy.freeze();
  const ann = open(t, proxy, { client: "patient", connectTimeoutMs: 150 });
  assert.equal((await next(ann, "interrupted")).code, 1006);
  proxy.cut();
  proxy.thaw();
  await within(ann.connected, "the connect");
});

test("operations_beyond_max_waiting_are_refused_overloaded", limits, async (t) => {
  const [ann, proxy] = await proxied(t, { client: "full", maxWaiting: 3 });
  proxy.freeze();
  const asked = [1, 2, 3].map((n) => ann.put("x", n));
  const error = await errorOf(ann.put("x", 4));
  assert.deepEqual([error.code, error.number, error.retry], ["overloaded", 400, true]);
  proxy.thaw();
  await Promise.all(asked);
  await ann.put("x", 5);
});

test("close_while_interrupted_ends_at_once", limits, async (t) => {
  const [ann, proxy] = await proxied(t, { client: "leaving" });
  const interrupted = next(ann, "interrupted");
  proxy.refuse();
  await interrupted;
  const asked = errorOf(ann.put("x", 1));
  await within(ann.close(), "the end", 5000);
  assert.equal((await asked).code, "stale_connection");
});

test("close_ends_also_where_the_broker_says_nothing_more", limits, async (t) => {
  const [ann, proxy] = await proxied(t, { client: "unheard" });
  proxy.freeze();
  await within(ann.close(), "the end", 5000);
  assert.equal((await ann.ended).error, undefined);
});

test("frames_that_make_no_sense_are_told_and_harm_nothing", limits, async (t) => {
  let socket;
  const WebSocket = class extends ws {
    constructor(...how) {
      super(...how);
      socket = this;
    }
  };
  const ann = await opened(t, server, { client: "robust", WebSocket });
  const view = await ann.topic("robust").ready;
  ann.on("notification", () => {});
  const errors = record(ann, "error");
  const { epoch } = view;
  const nonsense = [
    "no json", "null", "7", "[]", "{}", '{"_orama":17}', '{"_orama":"of.tomorrow"}', '{"_orama":"reply","id":{}}',
    '{"_orama":"reply","ok":false}', '{"_orama":"notify.deliver"}', '{"_orama":"notify.receipt"}',
    '{"_orama":"ephemeral.lost"}', '{"_orama":"client.presence","client":"bob","connected":"yes"}',
    '{"_orama":"ephemeral.set","topic":"robust"}', `{"_orama":"ephemeral.set","topic":"robust","seq":1,"epoch":${epoch}}`,
    '{"_orama":"ephemeral.snapshot","topic":"robust"}', '{"_orama":"ephemeral.clear","topic":null}',
    '{"_orama":"ephemeral.snapshot","topic":"robust","entries":[null],"epoch":9e99}',
  ];
  for (const text of nonsense)
    socket.emit("message", Buffer.from(text), false);
  assert.ok(errors.length > 0);
  await ann.set("robust", "key", "fine");
  const [shown, listed] = await sameAsList(view, ann);
  assert.deepEqual(shown, listed);
});
