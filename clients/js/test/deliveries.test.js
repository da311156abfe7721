// Notifications, which are acknowledged when their listeners are done.

import assert from "node:assert/strict";
import { test, before, after } from "node:test";

import { errorOf, next, open, opened, overloaded, record, refusing, storageFailed, within } from "./support/clients.js";
import { Proxy } from "./support/proxy.js";
import { Server } from "./support/server.js";

const limits = { timeout: 60_000 };
let server;
before(async () => (server = await Server.start()));
after(() => server?.kill());

const delivered = (connection, trace) =>
  next(connection, "receipt", (receipt) => receipt.trace === trace && receipt.state === "delivered");

test("N11_a_notification_is_acknowledged_when_its_listeners_have_done_with_it", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "bob" });
  let finish;
  bob.on("notification", () => new Promise((resolve) => (finish = resolve)));
  bob.on("notification", () => {});
  const offered = next(bob, "notification");
  const { trace } = await ann.put("bob", 1, { receipts: true });
  await offered;
  await bob.ping();
  assert.equal((await ann.status(trace)).state, "offered");
  const receipt = delivered(ann, trace);
  finish();
  await receipt;
});

test("N10_what_came_before_the_first_listener_is_heard_in_order_once_it_knows_how_to_stop", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "late-listener" });
  for (const pack of [1, 2, 3])
    await ann.put("late-listener", pack);
  await bob.ping(); // by now the three notifications have arrived
  const received = [];
  await within(new Promise((resolve) => {
    const stop = bob.on("notification", ({ pack }) => {
      received.push(pack);
      if (pack === 3) {
        stop();
        resolve();
      }
    });
  }), "the third");
  assert.deepEqual(received, [1, 2, 3]);
});

test("N11_what_a_listener_failed_at_comes_again_with_the_next_connection", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, proxy, { client: "failing" });
  const errors = record(bob, "error");
  const received = [];
  bob.on("notification", async ({ pack, attempts }) => {
    received.push([pack, attempts]);
    if (attempts === 1 && pack !== "fine")
      throw new Error(`of ${pack}`);
  });
  bob.on("notification", ({ pack, attempts }) => {
    if (attempts === 1 && pack === "thrown")
      throw new Error("of the second");
  });
  for (const pack of ["thrown", "fine", "rejected"])
    await ann.put("failing", pack);
  await errors.reach(2);
  assert.deepEqual(await bob.pending(), { pending: 2 });
  const connected = next(bob, "connected");
  proxy.cut();
  await connected;
  await within((async () => {
    while ((await bob.pending()).pending > 0);
  })(), "the acknowledgements");
  assert.deepEqual(received, [["thrown", 1], ["fine", 1], ["rejected", 1], ["thrown", 2], ["rejected", 2]]);
});

test("N11_manual_acknowledges_nothing_by_itself", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "by-hand", ack: "manual" });
  const received = next(bob, "notification");
  const { trace } = await ann.put("by-hand", 1, { receipts: true });
  const it = await received;
  await bob.ping();
  assert.deepEqual(await bob.pending(), { pending: 1 });
  const receipt = delivered(ann, trace);
  assert.deepEqual(await it.ack(), { late: false });
  await receipt;
});

test("an_early_ack_is_the_only_one", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "early" });
  const acked = new Promise((resolve) => bob.on("notification", async (it) => resolve(await it.ack())));
  await ann.put("early", 1);
  assert.deepEqual(await acked, { late: false });
});

test("notifications_wait_for_the_first_listener", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  for (let n = 0; n < 100; ++n)
    await ann.put("late-listener", n);
  const bob = await opened(t, server, { client: "late-listener" });
  await bob.ping();
  assert.deepEqual(await bob.pending(), { pending: 100 });
  const received = record(bob, "notification");
  await received.reach(100);
  assert.deepEqual(received.map(({ pack }) => pack), Array.from({ length: 100 }, (_, n) => n));
});

test("N11_no_more_than_max_inflight_are_out", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  await Promise.all(Array.from({ length: 20 }, (_, n) => ann.put("narrow", n)));
  const bob = open(t, server, { client: "narrow", maxInflight: 3 });
  let inHand = 0;
  let most = 0;
  let count = 0;
  const all = new Promise((resolve) => {
    bob.on("notification", async () => {
      most = Math.max(most, ++inHand);
      await bob.ping();
      --inHand;
      if (++count === 20)
        resolve();
    });
  });
  await within(all, "the notifications");
  assert.equal(most, 3);
});

test("C4_what_comes_again_while_it_is_in_a_listeners_hands_is_handed_out_once", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, proxy, { client: "slow-hands" });
  const received = [];
  let finish;
  bob.on("notification", (it) => {
    received.push(it.pack);
    return new Promise((resolve) => (finish = resolve));
  });
  const first = next(bob, "notification");
  const { trace } = await ann.put("slow-hands", "once", { receipts: true });
  await first;
  const connected = next(bob, "connected");
  proxy.cut();
  await connected;
  await bob.ping();
  while ((await ann.status(trace)).attempts < 2);
  const receipt = delivered(ann, trace);
  finish();
  await receipt;
  assert.deepEqual(received, ["once"]);
});

test("C4_an_acknowledgement_lost_with_its_connection_is_said_again", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, proxy, { client: "unlucky" });
  let finish;
  const received = [];
  bob.on("notification", (it) => {
    received.push(it.pack);
    return new Promise((resolve) => (finish = resolve));
  });
  const first = next(bob, "notification");
  const { trace } = await ann.put("unlucky", "once", { receipts: true });
  await first;
  proxy.freeze();
  finish();
  await null;
  await null;
  const receipt = delivered(ann, trace);
  const connected = next(bob, "connected");
  proxy.cut();
  proxy.thaw();
  await connected;
  await receipt;
  assert.deepEqual(received, ["once"]);
});

/** No notification waits for `client` any more: all were acknowledged. */
async function allAcknowledged(connection) {
  await within((async () => {
    while ((await connection.pending()).pending > 0);
  })(), "the acknowledgements");
}

test("N11_acks_refused_for_now_are_said_again_and_told_of_once", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  let isFull = true;
  let refusals = 0;
  const WebSocket = refusing(({ op }) => (op === "notify.ack" && isFull ? (++refusals, storageFailed) : undefined));
  const bob = await opened(t, server, { client: "full-disk", WebSocket, maxInflight: 8 });
  const errors = record(bob, "error");
  const received = record(bob, "notification");
  for (let n = 0; n < 20; ++n)
    await ann.put("full-disk", n);
  await within((async () => {
    while (refusals < 24)
      await bob.ping();
  })(), "three rounds of refusals");
  assert.deepEqual([received.length, errors.length, errors[0].code], [8, 1, "storage_failed"]);
  isFull = false;
  await received.reach(20);
  await allAcknowledged(bob);
  assert.deepEqual(received.map(({ pack }) => pack), Array.from({ length: 20 }, (_, n) => n));
});

test("N11_acks_refused_when_the_connection_is_lost_are_said_when_they_come_again", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, server, { client: "ann" });
  let isFull = true;
  const refused = [];
  const WebSocket = refusing((asked) => {
    if (asked.op !== "notify.ack" || !isFull)
      return undefined;
    refused.push(asked.trace);
    return storageFailed;
  });
  const bob = await opened(t, proxy, { client: "full-then-lost", WebSocket });
  bob.on("error", () => {});
  const received = record(bob, "notification");
  await ann.put("full-then-lost", 1);
  await within((async () => {
    while (refused.length < 1)
      await bob.ping();
  })(), "a refusal");
  const connected = next(bob, "connected");
  isFull = false;
  proxy.cut();
  await connected;
  await allAcknowledged(bob);
  assert.equal(received.length, 1);
});

test("N11_an_ack_refused_for_good_is_told_and_not_said_again", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const forbidden = { code: "forbidden", number: 301, message: "no", retry: false };
  let refusals = 0;
  const WebSocket = refusing(({ op }) => (op === "notify.ack" ? (++refusals, forbidden) : undefined));
  const bob = await opened(t, server, { client: "not-allowed", WebSocket });
  const told = next(bob, "error");
  bob.on("notification", () => {});
  await ann.put("not-allowed", 1);
  assert.equal((await told).code, "forbidden");
  for (let n = 0; n < 20; ++n)
    await bob.ping();
  assert.equal(refusals, 1);
});

test("N11_an_ack_by_hand_is_repeated_until_it_is_taken", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  let left = 3;
  const WebSocket = refusing(({ op }) => (op === "notify.ack" && left-- > 0 ? storageFailed : undefined));
  const bob = await opened(t, server, { client: "full-by-hand", ack: "manual", WebSocket });
  const received = next(bob, "notification");
  await ann.put("full-by-hand", 1);
  assert.deepEqual(await (await received).ack(), { late: false });
  await allAcknowledged(bob);
});

test("N11_an_ack_by_hand_whose_deadline_has_passed_is_still_said_until_it_is_taken", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  let isFull = true;
  const WebSocket = refusing(({ op }) => (op === "notify.ack" && isFull ? storageFailed : undefined));
  const bob = await opened(t, server, { client: "full-for-long", ack: "manual", deadlineMs: 300, WebSocket });
  bob.on("error", () => {});
  const received = next(bob, "notification");
  await ann.put("full-for-long", 1);
  assert.equal((await errorOf((await received).ack())).code, "storage_failed");
  isFull = false;
  await allAcknowledged(bob);
});

test("N11_a_listener_that_failed_at_what_passes_is_called_again", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  let isFull = true;
  const WebSocket = refusing(({ op }) => (op === "notify.reply" && isFull ? overloaded : undefined));
  const bob = await opened(t, server, { client: "replier", deadlineMs: 200, WebSocket });
  const errors = record(bob, "error");
  let calls = 0;
  bob.on("notification", (it) => (++calls, it.reply("at eight")));
  const asked = ann.ask("replier", "when?");
  await errors.reach(1); // repeated until its deadline, then reported
  assert.equal(errors[0].code, "overloaded");
  isFull = false;
  assert.equal((await within(asked, "the reply")).reply, "at eight");
  await allAcknowledged(bob);
  assert.ok(calls >= 2, `${calls} calls`);
});

test("N11_a_reply_refused_for_now_is_repeated", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  let left = 2;
  const WebSocket = refusing(({ op }) => (op === "notify.reply" && left-- > 0 ? storageFailed : undefined));
  const bob = await opened(t, server, { client: "replies-again", WebSocket });
  let calls = 0;
  bob.on("notification", (it) => (++calls, it.reply("yes")));
  assert.equal((await ann.ask("replies-again", "?")).reply, "yes");
  assert.deepEqual([calls, left], [1, -1]);
});

test("what_nobody_listens_for_holds_its_place_however_few_operations_may_wait", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  for (let n = 0; n < 70; ++n)
    await ann.put("few-may-wait", n);
  const bob = await opened(t, server, { client: "few-may-wait", maxWaiting: 5 });
  await bob.ping();
  const received = record(bob, "notification");
  await received.reach(70);
  await allAcknowledged(bob);
});
