// The JavaScript client in a real browser, against the real broker: behaviour that only a browser can show.

import assert from "node:assert/strict";
import { test } from "node:test";

import { missing, noBroker, stage, tell } from "./support/stage.mjs";

const skip = await missing();
const extra = { "/blank": "<!doctype html><title>blank</title>" };

/**
 * A page with a connection: `connection` in what `page.evaluate` runs, beside the module `restante`, `log` for what
 * happened, and `next(on, event, wanted)`, the first such event for which `wanted` answers true.
 */
async function open(at, options, { allow, path = "/blank" } = {}) {
  const page = await at.page(path, { allow });
  await page.evaluate(async ({ url, how }) => {
    globalThis.restante = await import("/clients/js/restante.js");
    globalThis.next = (on, event, wanted = () => true) => new Promise((resolve) => {
      on.on(event, (value) => { if (wanted(value)) resolve(value); });
    });
    globalThis.log = [];
    globalThis.connection = restante.connect(url, how);
    for (const event of ["connected", "interrupted", "ended"]) connection.on(event, (value) => log.push([event, value.code]));
  }, { url: at.server.url, how: options });
  return page;
}

test("connects, by ws: and by http:", { skip }, async (t) => {
  const at = await stage(t, { extra });
  const page = await open(at, { client: "ann" });
  const { client, resumed, state } = await page.evaluate(async () => ({ ...await connection.connected, state: connection.state }));
  assert.deepEqual({ client, resumed, state }, { client: "ann", resumed: false, state: "connected" });
  const other = await page.evaluate(async (url) => (await restante.connect(url, { client: "bob" }).connected).client, at.server.http);
  assert.equal(other, "bob");
});

test("a put waits for whoever is away, and comes as it was", { skip }, async (t) => {
  const at = await stage(t, { extra });
  const ann = await open(at, { client: "ann" });
  const pack = { text: "déjà vu ✉ 𝄞", list: [1.5, null, true, { deep: [[]] }] };
  const { trace } = await ann.evaluate((it) => connection.put("bob", it), pack);
  const bob = await open(at, { client: "bob" });
  const received = await bob.evaluate(async () => {
    const { trace, from, pack, attempts } = await next(connection, "notification");
    return { trace, from, pack, attempts };
  });
  assert.deepEqual(received, { trace, from: "ann", pack, attempts: 1 });
});

test("a suit is answered", { skip }, async (t) => {
  const at = await stage(t, { extra });
  const [ann, bob] = [await open(at, { client: "ann" }), await open(at, { client: "bob" })];
  await bob.evaluate(() => { connection.on("notification", (suit) => suit.reply({ at: "eight", received: suit.pack })); });
  const { reply } = await ann.evaluate(() => connection.ask("bob", "when?"));
  assert.deepEqual(reply, { at: "eight", received: "when?" });
});

test("a suit that nobody answers times out, with its number", { skip }, async (t) => {
  const at = await stage(t, { extra });
  const ann = await open(at, { client: "ann" });
  const error = await ann.evaluate(() => connection.ask("bob", "when?", { timeoutMs: 50 }).then(() => null,
    (error) => ({ code: error.code, number: error.number, retry: error.retry, isOne: error instanceof restante.RestanteError })));
  assert.deepEqual(error, { code: "timeout", number: 210, retry: true, isOne: true });
});

test("a view of a topic follows what others hold, say and release", { skip }, async (t) => {
  const at = await stage(t, { extra });
  const [ann, bob] = [await open(at, { client: "ann" }), await open(at, { client: "bob" })];
  await bob.evaluate(async () => {
    globalThis.held = connection.hold("room", "typing:bob", { words: "ünï" });
    await held.ready;
  });
  const first = await ann.evaluate(async () => {
    globalThis.view = connection.topic("room");
    await view.ready;
    return [...view.entries].map(([key, { clientId, json }]) => ({ key, clientId, json }));
  });
  assert.deepEqual(first, [{ key: "typing:bob", clientId: "bob", json: { words: "ünï" } }]);

  await ann.evaluate(() => {
    globalThis.changed = next(view, "change", ({ entry }) => entry?.text === "more");
    globalThis.said = next(view, "message");
    globalThis.cleared = next(view, "change", ({ kind }) => kind === "clear");
  });
  await bob.evaluate(async () => {
    await held.update("more");
    await connection.publish("room", { text: "hello" });
    await held.release();
  });
  assert.equal(await ann.evaluate(async () => (await changed).kind), "set");
  assert.deepEqual(await ann.evaluate(() => said), { clientId: "bob", data: { text: "hello" } });
  assert.equal(await ann.evaluate(async () => (await cleared).reason), "explicit");
  assert.equal(await ann.evaluate(() => view.entries.size), 0);
});

test("what a page held is gone the moment it is closed", { skip }, async (t) => {
  const at = await stage(t, { extra });
  const ann = await open(at, { client: "ann" });
  const bob = await open(at, { client: "bob", resumeWindowMs: 0 });
  await bob.evaluate(() => connection.hold("room", "here:bob").ready);
  await ann.evaluate(async () => {
    const view = connection.topic("room");
    await view.ready;
    globalThis.cleared = next(view, "change", ({ kind }) => kind === "clear").then((change) => [change.reason, Date.now()]);
  });
  const begin = Date.now();
  await bob.close();
  const [reason, when] = await ann.evaluate(() => cleared);
  tell(t, `gone after ${when - begin} ms`);
  assert.equal(reason, "disconnect");
});

test("after the broker was killed it comes back, and so do its keys and views", { skip }, async (t) => {
  const at = await stage(t, { extra });
  const [ann, bob] = await Promise.all(["ann", "bob"].map((client) =>
    open(at, { client, reconnect: { firstMs: 50, longestMs: 200 } }, { allow: [noBroker] })));
  await bob.evaluate(() => connection.hold("room", "here:bob", "still").ready);
  await ann.evaluate(async () => {
    globalThis.view = connection.topic("room");
    await view.ready;
    globalThis.interrupted = next(connection, "interrupted");
  });
  await at.server.kill();
  assert.equal((await ann.evaluate(() => interrupted)).code, 1006);
  assert.deepEqual(await ann.evaluate(() => [connection.state, view.live, view.entries.get("here:bob")?.text]),
    ["interrupted", false, "still"]);

  // Operations that are requested meanwhile wait.
  const asked = ann.evaluate(() => connection.put("bob", "after all"));
  const received = bob.evaluate(async () => (await next(connection, "notification")).pack);
  await at.server.startAgain();
  assert.match((await asked).trace, /^[0-9a-f]{32}$/);
  assert.equal(await received, "after all");
  await ann.evaluate(async () => {
    while (!view.live || !view.entries.has("here:bob")) await next(view, "change");
  });
  assert.deepEqual(await ann.evaluate(() => log.map(([event]) => event).filter((event) => event !== "interrupted")),
    ["connected", "connected"]);
});

test("a newer connection takes over, and the older one never comes again", { skip }, async (t) => {
  const at = await stage(t, { extra });
  const first = await open(at, { client: "ann", reconnect: { firstMs: 10, longestMs: 20 } });
  await first.evaluate(() => connection.connected);
  const second = await open(at, { client: "ann" });
  await second.evaluate(() => connection.connected);
  const ended = await first.evaluate(async () => {
    const { code } = await connection.ended;
    const { code: refused } = await connection.put("bob", 1).catch((error) => error);
    return { code, refused, state: connection.state };
  });
  assert.deepEqual(ended, { code: 4503, refused: "stale_connection", state: "ended" });
  // The first page would have taken the connection back by now: the second page has sent requests and received
  // answers for many times the length of the client's reconnect pauses.
  await second.evaluate(async () => {
    const end = performance.now() + 300;
    while (performance.now() < end) await connection.ping();
  });
  assert.deepEqual(await second.evaluate(() => log), [["connected", undefined]]);
  assert.deepEqual(await first.evaluate(() => log), [["connected", undefined], ["ended", 4503]]);
});

test("a page of another origin is refused, one of an allowed origin is not", { skip }, async (t) => {
  const at = await stage(t, { extra, origins: ["http://example.test"] });
  const page = await open(at, { client: "eve", reconnect: false }, { allow: [noBroker] });
  const { state, error } = await page.evaluate(async () => {
    const { error } = await connection.ended;
    return { state: connection.state, error: error.code };
  });
  assert.equal(state, "ended");
  assert.equal(error, "unreachable");
  const { foreign, connections } = await at.server.stats();
  assert.ok(foreign > 0 && connections === 0, `${foreign} refused, ${connections} connected`);

  const other = await stage(t, { extra, origins: [at.files.origin] });
  const allowed = await open(other, { client: "ann", reconnect: false });
  assert.equal(await allowed.evaluate(async () => (await connection.connected).client), "ann");
});

test("close() is a clean end", { skip }, async (t) => {
  const at = await stage(t, { extra });
  const page = await open(at, { client: "ann" });
  const ended = await page.evaluate(async () => {
    const receipt = connection.put("bob", "last words");
    await connection.close();
    const { code, error } = await connection.ended;
    return { code, error, trace: (await receipt).trace };
  });
  assert.equal(ended.error, undefined);
  assert.equal(ended.code, 1000);
  assert.match(ended.trace, /^[0-9a-f]{32}$/);
});
