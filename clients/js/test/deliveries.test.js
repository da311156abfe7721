// Notifications, acknowledged when they have been heard.

import assert from "node:assert/strict";
import { test, before, after } from "node:test";

import { next, open, opened, record, within } from "./support/clients.js";
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
  bob.on("notification", () => new Promise((fulfil) => (finish = fulfil)));
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
  await bob.ping(); // the three have come
  const heard = [];
  await within(new Promise((fulfil) => {
    const stop = bob.on("notification", ({ pack }) => {
      heard.push(pack);
      if (pack === 3) {
        stop();
        fulfil();
      }
    });
  }), "the third");
  assert.deepEqual(heard, [1, 2, 3]);
});

test("N11_what_a_listener_failed_at_comes_again_with_the_next_connection", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, proxy, { client: "failing" });
  const errors = record(bob, "error");
  const heard = [];
  bob.on("notification", async ({ pack, attempts }) => {
    heard.push([pack, attempts]);
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
  assert.deepEqual(heard, [["thrown", 1], ["fine", 1], ["rejected", 1], ["thrown", 2], ["rejected", 2]]);
});

test("N11_manual_acknowledges_nothing_by_itself", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "by-hand", ack: "manual" });
  const heard = next(bob, "notification");
  const { trace } = await ann.put("by-hand", 1, { receipts: true });
  const it = await heard;
  await bob.ping();
  assert.deepEqual(await bob.pending(), { pending: 1 });
  const receipt = delivered(ann, trace);
  assert.deepEqual(await it.ack(), { late: false });
  await receipt;
});

test("an_early_ack_is_the_only_one", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, server, { client: "early" });
  const acked = new Promise((fulfil) => bob.on("notification", async (it) => fulfil(await it.ack())));
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
  const heard = record(bob, "notification");
  await heard.reach(100);
  assert.deepEqual(heard.map(({ pack }) => pack), Array.from({ length: 100 }, (_, n) => n));
});

test("N11_no_more_than_max_inflight_are_out", limits, async (t) => {
  const ann = await opened(t, server, { client: "ann" });
  await Promise.all(Array.from({ length: 20 }, (_, n) => ann.put("narrow", n)));
  const bob = open(t, server, { client: "narrow", maxInflight: 3 });
  let inHand = 0;
  let most = 0;
  let count = 0;
  const all = new Promise((fulfil) => {
    bob.on("notification", async () => {
      most = Math.max(most, ++inHand);
      await bob.ping();
      --inHand;
      if (++count === 20)
        fulfil();
    });
  });
  await within(all, "the notifications");
  assert.equal(most, 3);
});

test("C4_what_comes_again_while_it_is_in_a_listeners_hands_is_handed_out_once", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, proxy, { client: "slow-hands" });
  const heard = [];
  let finish;
  bob.on("notification", (it) => {
    heard.push(it.pack);
    return new Promise((fulfil) => (finish = fulfil));
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
  assert.deepEqual(heard, ["once"]);
});

test("C4_an_acknowledgement_lost_with_its_connection_is_said_again", limits, async (t) => {
  const proxy = await Proxy.for(t, server);
  const ann = await opened(t, server, { client: "ann" });
  const bob = await opened(t, proxy, { client: "unlucky" });
  let finish;
  const heard = [];
  bob.on("notification", (it) => {
    heard.push(it.pack);
    return new Promise((fulfil) => (finish = fulfil));
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
  assert.deepEqual(heard, ["once"]);
});
