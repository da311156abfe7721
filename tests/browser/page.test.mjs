// The live page at `/`: what a person sees of a broker, and what a person may do there.

import { createRequire } from "node:module";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../clients/js/restante.js";
import { hides, missing, noBroker, shows, snap, stage, tell, until, watchEnd } from "./support/stage.mjs";

const WebSocket = globalThis.WebSocket ?? createRequire(import.meta.url)("/usr/share/nodejs/ws");
const skip = await missing();
const phone = { width: 390, height: 844 };

/** A client of the stage's broker, closed with the test. */
async function client(at, options) {
  const made = connect(at.server.url, { WebSocket, ...options });
  at.onEnd(() => made.close());
  await made.connected;
  return made;
}

const live = (at, options) => at.page(`${at.server.http}/`, options);
const topic = (page, name) => page.locator(`[data-topic="${name}"]`);
const connected = (page) => shows(page.locator("#state"), "connected");

test("W8_it_shows_what_is_connected_and_what_waits", { skip }, async (t) => {
  const at = await stage(t);
  const ann = await client(at, { client: "ann" });
  for (let n = 0; n < 3; n++) await ann.put("bob", { n });
  const page = await live(at);
  await connected(page);
  await shows(page.locator('[data-figure="waiting"] dd'), "3");
  await shows(page.locator('[data-client="bob"] .depth'), "3");
  await shows(page.locator('[data-client="ann"][data-connected="true"]'), "ann");
  assert.equal(await page.locator('[data-client="bob"]').getAttribute("data-connected"), "false");
  await shows(page.locator('[data-figure="puts"] dd'), "3");
});

test("E6_a_key_is_seen_as_it_comes_and_vanishes_with_its_owner", { skip }, async (t) => {
  const at = await stage(t);
  const page = await live(at);
  await connected(page);
  const ann = await client(at, { client: "ann" });
  await ann.set("room/1", "typing:ann", "hello <b>you</b>");
  const key = topic(page, "room/1").locator(".key");
  await shows(key, "typing:ann");
  await shows(key, "hello <b>you</b>");
  const gone = await watchEnd(page, '[data-topic="room/1"] .key:not([data-gone])');
  const began = Date.now();
  await ann.close();
  tell(t, `seen to be gone after ${(await gone()) - began} ms`);
  await shows(key, "disconnect");
  await hides(topic(page, "room/1")); // and the page itself keeps no topic alive
});

test("E4_E7_two_pages_see_each_others_keys_and_one_is_killed", { skip }, async (t) => {
  const at = await stage(t);
  const ann = await live(at, { own: true });
  const bob = await live(at);
  await Promise.all([connected(ann), connected(bob)]);
  const form = ann.locator("#hold");
  await form.getByLabel("Topic", { exact: true }).fill("desk");
  await form.getByLabel("Key", { exact: true }).fill("lamp");
  await form.getByLabel("Payload").fill("on");
  await form.getByRole("button", { name: "Set" }).click();
  await shows(topic(bob, "desk").locator(".key"), "lamp");
  const gone = await watchEnd(bob, '[data-topic="desk"] .key:not([data-gone])');
  const began = Date.now();
  await at.kill(ann);
  tell(t, `a killed browser's key was seen to be gone after ${(await gone()) - began} ms`);
});

test("E3_a_key_set_here_can_be_released_here", { skip }, async (t) => {
  const at = await stage(t);
  const page = await live(at);
  await connected(page);
  const form = page.locator("#hold");
  await form.getByLabel("Topic", { exact: true }).fill("desk");
  await form.getByLabel("Key", { exact: true }).fill("lamp");
  await form.getByRole("button", { name: "Set" }).click();
  await shows(page.locator("#held"), "lamp");
  await shows(topic(page, "desk"), "lamp");
  await page.locator("#held").getByRole("button", { name: "Release" }).click();
  await shows(topic(page, "desk").locator(".key"), "explicit");
  await hides(page.locator("#held li"));
});

test("N7_N13_a_suit_is_sent_in_one_page_and_answered_in_another", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = [await live(at), await live(at)];
  await Promise.all([connected(ann), connected(bob)]);
  await shows(bob.locator("#own-name"), /page-/);
  const form = ann.locator("#send");
  await form.getByLabel("To").fill(await bob.locator("#own-name").textContent());
  await form.getByLabel("Pack").fill('{"text":"lunch? <i>now</i>"}');
  await form.getByLabel("expects a reply").check();
  await form.getByRole("button", { name: "Send" }).click();
  await shows(ann.locator("#sent .step"), "delivered");
  await shows(bob.locator("#received"), '{"text":"lunch? <i>now</i>"}');
  await bob.getByLabel(/Reply to/).fill("at one");
  await bob.getByRole("button", { name: "Reply", exact: true }).click();
  await shows(ann.locator("#sent .reply"), "at one");
  await shows(ann.locator("#sent .step"), "replied");
});

test("N9_what_nobody_takes_is_seen_to_wait", { skip }, async (t) => {
  const at = await stage(t);
  const page = await live(at);
  await connected(page);
  const form = page.locator("#send");
  await form.getByLabel("To").fill("nobody-yet");
  await form.getByLabel("Pack").fill("hello");
  await form.getByRole("button", { name: "Send" }).click();
  await shows(page.locator("#sent .step"), "queued");
  await shows(page.locator('[data-client="nobody-yet"] .depth'), "1");
  await page.getByRole("button", { name: "Write to nobody-yet" }).click();
  await form.getByLabel("Pack").fill("x".repeat(70_000));
  await form.getByRole("button", { name: "Send" }).click();
  await shows(form.locator("output").first(), "103 payload_too_large");
});

test("E8_ten_thousand_topics_are_summed_up_and_paged", { skip }, async (t) => {
  const at = await stage(t);
  const holders = await Promise.all(Array.from({ length: 40 }, (_, n) => client(at, { client: `holder-${n}` })));
  const name = (n) => `topic-${String(n).padStart(5, "0")}`;
  for (let n = 0; n < 10_000; n += 200) {
    await Promise.all(Array.from({ length: 200 }, (_, k) => holders[(n + k) % 40].set(name(n + k), "k", undefined, { ttlMs: 600_000 })));
  }
  const page = await live(at);
  await shows(page.locator("#topics-title"), "10,000");
  await shows(topic(page, name(0)), "k");
  assert.ok((await page.locator(".topic").count()) <= 12);
  const began = Date.now();
  await page.locator("#topics").getByRole("button", { name: "Next" }).click();
  await shows(topic(page, name(12)), "k");
  tell(t, `the next page took ${Date.now() - began} ms`);
  assert.equal(await topic(page, name(0)).count(), 0);
  await page.locator("#topics [data-prefix]").fill("topic-0999");
  await shows(topic(page, name(9990)), "k");
  await shows(page.locator("#topics-title"), /\b10$/);
  await page.locator("#topics [data-prefix]").fill("nothing begins so");
  await shows(page.locator("#topics [data-empty]"), "No topic");
});

test("W7_a_guarded_broker_asks_for_a_token_and_shows_what_it_may_see", { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "restante-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "tokens.toml");
  await writeFile(file, `
[[token]]
token = "operator"
server = true
[[token]]
token = "ann"
client = "ann"
rights = { put = ["*"], watch = [], read = ["open/*"], write = [{ topic = "*", key = "*" }] }
[[token]]
token = "bob"
client = "bob"
`);
  const at = await stage(t, { flags: ["--tokens-file", file] });
  const bob = await client(at, { token: "bob" });
  await bob.set("open/room", "chair", "bob's");
  await bob.set("secret", "plan", "hidden");
  const page = await live(at, { allow: [/401|403/] });
  const dialog = page.locator("#sign-in");
  await shows(dialog, "A token, please");
  await dialog.getByLabel("Token").fill("nonsense");
  await dialog.getByRole("button", { name: "Use it" }).click();
  await shows(dialog.locator(".wrong"), "does not know this token");
  await dialog.getByLabel("Token").fill("operator");
  await page.keyboard.press("Enter");
  await connected(page);
  await shows(page.locator("#identity"), "server identity");
  await shows(topic(page, "secret"), "plan");
  await shows(topic(page, "open/room"), "chair");
  await bob.set("open/room", "table"); // live for the server identity too
  await shows(topic(page, "open/room"), "table");
  await shows(page.locator('[data-client="bob"]'), "bob");
  await hides(page.locator("#inbox"));

  const ann = await client(at, { token: "ann" });
  await page.getByRole("button", { name: "Token", exact: true }).click();
  await dialog.getByLabel("Token").fill("ann");
  await dialog.getByRole("button", { name: "Use it" }).click();
  await shows(page.locator("#identity"), "ann");
  await shows(topic(page, "open/room"), "chair");
  assert.equal(await topic(page, "secret").count(), 0);
  await hides(page.locator("#clients"));
  await hides(page.locator("#overview"));
  assert.equal(ann.state, "connected"); // watching takes no connection over
  await page.getByRole("button", { name: "Connect here" }).click();
  await shows(page.locator("#own-name"), "ann");
  assert.equal((await ann.ended).code, 4503);
});

test("E9_another_namespace_is_another_world", { skip }, async (t) => {
  const at = await stage(t);
  const ann = await client(at, { client: "ann", ns: "acme" });
  await ann.set("room", "door");
  const page = await live(at);
  await connected(page);
  await shows(page.locator("#topics [data-empty]"), "No topic");
  await page.getByLabel("Namespace").fill("acme");
  await page.keyboard.press("Enter");
  await shows(topic(page, "room"), "door");
  await ann.set("room", "window");
  await shows(topic(page, "room"), "window");
});

test("W6_the_broker_restarts_and_the_page_comes_back", { skip }, async (t) => {
  const at = await stage(t);
  const page = await live(at, { allow: [noBroker, /ERR_CONNECTION|ERR_EMPTY|v1\/stats/] });
  await connected(page);
  await at.server.kill();
  await shows(page.locator("#state"), "lost");
  await at.server.startAgain();
  await connected(page);
  const ann = await client(at, { client: "ann" });
  await ann.set("room", "door");
  await shows(topic(page, "room"), "door");
});

test("W8_deliveries_and_clears_are_drawn_per_second", { skip }, async (t) => {
  const at = await stage(t);
  const page = await live(at);
  await connected(page);
  const ann = await client(at, { client: "ann" });
  ann.on("notification", () => {}); // which acknowledges the notification
  const busy = setInterval(() => {
    ann.set("room", "blink").then(() => ann.clear("room", "blink")).catch(() => {});
    ann.put("ann", 1).catch(() => {});
  }, 10);
  at.onEnd(() => clearInterval(busy));
  for (const line of ["delivered", "clears"]) {
    const rate = page.locator(`[data-line="${line}"] b`);
    await until(async () => Number((await rate.textContent()).replace(/\D/g, "")) > 10, `a rate of ${line}`);
  }
  const ink = await page.evaluate(() => {
    const canvas = document.querySelector("#chart");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, n) => n % 4 === 3 && value > 0).length;
  });
  assert.ok(ink > 200, `only ${ink} pixels were drawn`);
  const clears = page.locator('[data-line="clears"]');
  await clears.press("Space");
  assert.equal(await clears.getAttribute("aria-pressed"), "false");
});

test("W8_the_keyboard_alone_is_enough", { skip }, async (t) => {
  const at = await stage(t);
  const page = await live(at);
  await connected(page);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the topics");
  const seen = new Set();
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press("Tab");
    seen.add(await page.evaluate(() => document.activeElement.name || document.activeElement.dataset.line || document.activeElement.textContent.trim()));
  }
  for (const wanted of ["ns", "delivered", "clears", "to", "pack", "suit", "Send", "topic", "key", "Set"]) assert.ok(seen.has(wanted), `no ${wanted}`);
  const form = page.locator("#send");
  await form.getByLabel("To").focus();
  await page.keyboard.type("bob");
  await page.keyboard.press("Tab");
  await page.keyboard.type("hello");
  await form.getByLabel("To").press("Enter");
  await shows(page.locator("#sent"), "bob");
});

test("W8_it_fits_a_phone_and_follows_the_dark", { skip }, async (t) => {
  const at = await stage(t);
  const ann = await client(at, { client: "a-client-with-a-name-that-is-rather-long-for-a-phone-of-this-width" });
  await ann.set("a topic with a name that is long enough to need two lines on a phone", "key".repeat(20), "payload ".repeat(20));
  for (let n = 0; n < 12; n++) await ann.set(`room-${n}`, `cursor:${n}`, { x: n, y: 2 * n });
  for (let n = 0; n < 30; n++) await ann.put(`client-${n}`, "hello");
  const grounds = {};
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries({ wide: { width: 1280, height: 900 }, phone, small: { width: 320, height: 640 } })) {
      const page = await live(at, { colorScheme, viewport, hasTouch: size !== "wide" });
      await connected(page);
      await shows(topic(page, "room-0"), "cursor:0");
      await shows(page.locator('[data-client="client-0"]'), "1");
      const [inner, scrolled] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
      assert.ok(scrolled <= inner, `${size}: ${scrolled} px are wider than ${inner}`);
      grounds[colorScheme] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await snap(page, `page-${size}-${colorScheme}`);
      await page.context().close();
    }
  }
  assert.notEqual(grounds.light, grounds.dark);
});
