// Tokens, against a server that requires them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { errorOf, next, open, opened, record, within } from "./support/clients.js";
import { Server } from "./support/server.js";
import { jwt, jwtFlags } from "./support/tokens.js";

const limits = { timeout: 60_000 };
const guarded = (t) => Server.for(t, ...jwtFlags(t), "--ping-interval-ms", "400");

test("W7_a_token_says_who_it_is", limits, async (t) => {
  const server = await guarded(t);
  const ann = await opened(t, server, { token: jwt({ sub: "ann", ns: "acme" }), client: "eve" });
  assert.deepEqual([ann.client, ann.ns], ["ann", "acme"]);
  assert.ok((await ann.connected).expiresInMs > 3_500_000);
  const desk = await opened(t, server, { token: async () => jwt({ server: true }), visit: true });
  assert.equal((await desk.drain("nobody")).length, 0);
});

test("W6_a_bad_token_is_the_end_and_not_tried_again", limits, async (t) => {
  const server = await guarded(t);
  const eve = open(t, server, { token: "nonsense" });
  const losses = record(eve, "interrupted");
  assert.equal((await errorOf(eve.connected)).code, "unauthenticated");
  const { code, reason, error } = await eve.ended;
  assert.deepEqual([code, reason, error.number, losses.length], [4500, "unauthenticated", 300, 0]);
});

test("W6_what_a_token_does_not_allow_is_the_end", limits, async (t) => {
  const server = await guarded(t);
  const desk = open(t, server, { token: () => jwt({ server: true }) }); // the server identity is no client
  const { code, error } = await within(desk.ended, "the end");
  assert.deepEqual([code, error.code], [4507, "forbidden"]);
});

test("W7_a_token_function_is_asked_again_before_the_token_runs_out", limits, async (t) => {
  const server = await guarded(t);
  let asked = 0;
  const lives = () => (++asked === 1 ? 3 : 3600);
  const ann = await opened(t, server, { token: () => jwt({ sub: "ann", lives: lives() }) });
  ann.on("interrupted", (loss) => assert.fail(JSON.stringify(loss)));
  const lasting = await opened(t, server, { token: jwt({ sub: "bob", lives: 3 }) });
  assert.equal((await within(lasting.ended, "the end of its token")).code, 4500);
  await ann.ping();
  assert.deepEqual([asked, ann.state], [2, "connected"]);
});

test("W6_an_expired_token_leads_to_one_attempt_with_a_fresh_one", limits, async (t) => {
  const server = await guarded(t);
  let asked = 0;
  const ann = await opened(t, server, {
    token() {
      if (++asked === 2) // in time before the first one ends
        throw new Error("the office is closed");
      return jwt({ sub: "ann", lives: asked === 1 ? 2 : 3600 });
    },
  });
  const errors = record(ann, "error");
  const interrupted = next(ann, "interrupted");
  const connected = next(ann, "connected");
  assert.deepEqual([(await interrupted).code, (await connected).client], [4500, "ann"]);
  assert.deepEqual([asked, errors.map(({ message }) => message)], [3, ["the office is closed"]]);
});

test("W6_fresh_tokens_that_are_refused_too_are_the_end_when_patience_is", limits, async (t) => {
  const server = await guarded(t);
  let asked = 0;
  const ann = open(t, server, { token: () => (++asked, jwt({ sub: "ann", lives: -10 })), tokenPatienceMs: 300 });
  const losses = record(ann, "interrupted");
  const { code, error } = await within(ann.ended, "the end");
  assert.deepEqual([code, error.code, asked], [4500, "token_expired", losses.length + 1]);
  assert.ok(asked >= 3 && asked <= 20, `${asked} times`); // after growing pauses
});

test("W6_a_token_function_that_has_a_good_one_at_last_connects", limits, async (t) => {
  const server = await guarded(t);
  let asked = 0;
  const ann = open(t, server, { token: () => (++asked < 4 ? "nonsense" : jwt({ sub: "ann" })) });
  await within(ann.connected, "the connect");
  assert.equal(asked, 4);
});

test("W6_without_patience_the_first_refusal_is_the_end", limits, async (t) => {
  const server = await guarded(t);
  let asked = 0;
  const ann = open(t, server, { token: () => (++asked, "nonsense"), tokenPatienceMs: 0 });
  assert.equal((await errorOf(ann.connected)).code, "unauthenticated");
  assert.equal(asked, 1);
});

test("W6_S10_303_a_token_that_is_valid_soon_connects_then_be_it_fixed_or_asked_for", limits, async (t) => {
  const server = await guarded(t);
  const soon = Math.ceil(Date.now() / 1000) + 1;
  const token = jwt({ sub: "ann", nbf: soon });
  const fixed = open(t, server, { token });
  const asking = open(t, server, { token: () => jwt({ sub: "bob", nbf: soon }) });
  const refused = await next(fixed, "interrupted");
  assert.deepEqual([refused.code, refused.reason], [4003, "token_not_yet_valid"]);
  await within(Promise.all([fixed.connected, asking.connected]), "the connects");
  assert.ok(Date.now() >= soon * 1000);
});

test("W6_a_fixed_token_that_is_valid_much_later_is_the_end", limits, async (t) => {
  const server = await guarded(t);
  const late = open(t, server, { token: jwt({ sub: "ann", nbf: Math.ceil(Date.now() / 1000) + 600 }) });
  const { code, error } = await within(late.ended, "the end");
  assert.deepEqual([code, error.code], [4500, "unauthenticated"]);
});

test("a_token_function_that_fails_is_asked_again", limits, async (t) => {
  const server = await guarded(t);
  let asked = 0;
  const ann = open(t, server, {
    async token() {
      if (++asked < 3)
        throw new Error("the office is closed");
      return jwt({ sub: "ann" });
    },
  });
  const losses = record(ann, "interrupted");
  await within(ann.connected, "the connect");
  assert.deepEqual([asked, losses.length, losses[0].reason], [3, 2, "no token: the office is closed"]);
});

test("W7_a_token_is_refreshed_by_hand_but_not_by_anothers", limits, async (t) => {
  const server = await guarded(t);
  const ann = await opened(t, server, { token: jwt({ sub: "ann" }) });
  await ann.refreshToken(jwt({ sub: "ann", rights: { put: ["bob"] } }));
  await ann.put("bob", 1);
  assert.equal((await errorOf(ann.put("eve", 1))).code, "forbidden");
  assert.equal((await errorOf(ann.refreshToken(jwt({ sub: "eve" })))).code, "forbidden");
  assert.equal((await errorOf(ann.refreshToken("nonsense"))).code, "unauthenticated");
  await ann.ping();
});
