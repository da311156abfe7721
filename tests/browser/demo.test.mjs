// The demo, examples/web, as people use it: in a real browser, against the real broker.

import assert from "node:assert/strict";
import { test } from "node:test";

import { hides, missing, noBroker, shows, snap, stage, tell, until, watchEnd } from "./support/stage.mjs";

const skip = await missing();
const words = (page) => page.getByRole("textbox", { name: "Message" });
const log = (page) => page.getByRole("log");
const card = (page) => page.locator("#call");
const cursorOf = (page, name) => page.locator(`.cursor[data-name="${name}"]`);
const row = (page, name) => page.locator("#list li").filter({ has: page.getByText(name, { exact: true }) });
const button = (page, name) => page.getByRole("button", { name, exact: true });

/** Opens the room as `name`, and waits until the page is connected and shows its own name. */
async function come(at, name, { broker = "{broker}", ...options } = {}) {
  const page = await at.page(`/examples/web/?broker=${broker}&name=${encodeURIComponent(name)}`, options);
  await connected(page);
  await row(page, name).waitFor();
  return page;
}

async function connected(page) {
  await shows(page.getByRole("status"), "Connected");
}

/** Opens a page for each name, and waits until each page shows all names. */
async function meet(at, ...names) {
  const pages = await Promise.all(names.map((name) => come(at, name)));
  await Promise.all(pages.flatMap((page) => names.map((name) => isHere(page, name))));
  return pages;
}

async function isHere(page, name) {
  await row(page, name).and(page.locator(":not(.away)")).waitFor();
}

async function say(page, text) {
  await words(page).fill(text);
  await words(page).press("Enter");
}

async function callAway(page, name) {
  await page.getByLabel("Call somebody who is away").fill(name);
  await button(page, "Call").click();
}

async function pointAt(page, x, y) {
  const box = await page.locator("#board").boundingBox();
  await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
}

const positionOf = (page, name) => cursorOf(page, name).evaluate(({ style }) =>
  [Number(style.getPropertyValue("--x")), Number(style.getPropertyValue("--y"))]);

// --- who is here, and what they say --------------------------------------------------------------

test("messages go both ways, in order", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await meet(at, "ann", "bob");
  await say(ann, "Is there any coffee left?");
  await shows(log(bob), "Is there any coffee left?");
  await say(bob, "I made a fresh pot.");
  await say(bob, "Kitchen.");
  for (const page of [ann, bob]) {
    await shows(log(page), "Kitchen.");
    assert.deepEqual(await page.locator("#log .text").allTextContents(),
      ["Is there any coffee left?", "I made a fresh pot.", "Kitchen."]);
    await snap(page, page === ann ? "messages-ann" : "messages-bob");
  }
});

test("who types is seen typing, until the message comes or a pause", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await meet(at, "ann", "bob");
  await words(bob).pressSequentially("Hel");
  await shows(ann.locator("#typing"), "bob is typing");
  assert.equal(await bob.locator("#typing").textContent(), "");
  await words(bob).press("Enter");
  await shows(log(ann), "Hel");
  await ann.locator("#typing:empty").waitFor({ state: "attached" });

  await words(bob).pressSequentially("Well");
  await shows(ann.locator("#typing"), "bob is typing");
  await ann.locator("#typing:empty").waitFor({ state: "attached" }); // and then he thinks
  assert.equal(await words(bob).inputValue(), "Well");
});

test("who comes is seen coming, and who closes the page is seen leaving", { skip }, async (t) => {
  const at = await stage(t);
  const ann = await come(at, "ann");
  const bob = await come(at, "bob");
  await shows(log(ann), "bob came in");
  await isHere(bob, "ann");
  await bob.close();
  await shows(log(ann), "bob left");
  await shows(row(ann, "bob"), "away");
});

test("a second tab of the same name goes on, and the first does not fight", { skip }, async (t) => {
  const at = await stage(t);
  const first = await come(at, "ann");
  const second = await come(at, "ann");
  await shows(first.getByRole("status"), "ann is open elsewhere");
  await connected(second);
  await snap(first, "elsewhere");
  await first.getByRole("link", { name: "Come back here" }).click();
  await connected(first);
  await shows(second.getByRole("status"), "ann is open elsewhere");
});

test("whoever has no name is asked", { skip }, async (t) => {
  const at = await stage(t);
  const page = await at.page("/examples/web/?broker={broker}", { viewport: { width: 390, height: 844 } });
  await page.getByRole("dialog", { name: "Who are you?" }).waitFor();
  await snap(page, "name");
  await page.getByLabel("Your name").fill("ann");
  await page.keyboard.press("Enter");
  await connected(page);
  assert.equal(new URL(page.url()).searchParams.get("name"), "ann");
});

test("what others write is text, wherever it is shown", { skip }, async (t) => {
  const at = await stage(t);
  const evil = `<img src=x onerror="hurt=1">`;
  const ann = await come(at, "ann");
  const eve = await come(at, evil);
  await shows(log(ann), `${evil} came in`);
  await say(eve, `${evil}<script>hurt = 1</script>`);
  await shows(log(ann), `${evil}<script>hurt = 1</script>`);
  await words(eve).pressSequentially("x");
  await shows(ann.locator("#typing"), `${evil} is typing`);
  await pointAt(eve, 0.5, 0.5);
  await shows(ann.locator(".cursor"), evil);
  await callAway(eve, "ann");
  await shows(card(ann), evil);
  assert.equal(await ann.title(), `${evil} calls…`);
  await snap(ann, "injection");
  assert.equal(await ann.evaluate(() => globalThis.hurt), undefined);
  assert.equal(await ann.locator("main img, main script, #call img").count(), 0);
});

test("rubbish from others breaks nothing", { skip }, async (t) => {
  const at = await stage(t);
  const ann = await come(at, "ann");
  await ann.evaluate(async (url) => {
    const { connect } = await import("/clients/js/restante.js");
    const eve = connect(url, { client: "eve" });
    for (const data of [null, 7, [], { text: 7 }, { text: null }, {}, "text"]) await eve.publish("room:Lobby", data);
    const position = { x: 0, y: 0 };
    for (const [key, payload] of [["cursor:eve", "no JSON"], ["cursor:bob", position], ["here:bob", ""], ["typing:", ""], ["here", ""]]) {
      await eve.set("room:Lobby", key, payload);
    }
    await eve.set("room:Lobby", "cursor:eve", { x: "1e9", y: -5 });
    for (const pack of [null, 1, "call", [], { call: 7 }, { missed: {} }]) await eve.put("ann", pack);
    await eve.put("ann", { call: "nobody-rings-this" }, { suit: true });
    await eve.publish("room:Lobby", { text: "fine" });
  }, at.server.url);
  await shows(log(ann), "fine");
  await shows(log(ann), "You missed a call from eve");
  assert.deepEqual(await positionOf(ann, "eve"), [0.5, 0]);
  assert.equal(await ann.locator("#log article").count(), 1);
  for (const who of ["bob", "eve"]) assert.equal(await row(ann, who).count(), 0, `eve's key here:bob makes no ${who}`);
  assert.ok(await card(ann).isHidden());
});

// --- pointers ------------------------------------------------------------------------------------

test("a pointer is seen where it is, and gone when it leaves", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await meet(at, "ann", "bob");
  await pointAt(bob, 0.25, 0.75);
  await cursorOf(ann, "bob").waitFor();
  await until(async () => (await positionOf(ann, "bob")).map((value) => value.toFixed(2)).join() === "0.25,0.75", "the pointer");
  await snap(ann, "pointer");
  await bob.mouse.move(5, 5);
  await hides(cursorOf(ann, "bob"));
});

test("a pointer that moves without rest is told at most twenty times a second", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await meet(at, "ann", "bob");
  await ann.evaluate(() => {
    globalThis.moves = 0;
    new MutationObserver((records) => { globalThis.moves += records.some(({ target }) => target.matches?.(".cursor")) ? 1 : 0; })
      .observe(document.querySelector("#cursors"), { attributes: true, subtree: true });
  });
  const begin = Date.now();
  await bob.evaluate(async () => { // faster than any person
    const board = document.querySelector("#board");
    const { left, top, width, height } = board.getBoundingClientRect();
    for (let step = 1; step <= 200; step++) {
      board.dispatchEvent(new PointerEvent("pointermove", { clientX: left + width * step / 250, clientY: top + height / 2 }));
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  });
  await cursorOf(ann, "bob").waitFor();
  await until(async () => Math.abs((await positionOf(ann, "bob"))[0] - 0.8) < 0.01, "the last position");
  const seconds = (Date.now() - begin) / 1000;
  const moves = await ann.evaluate(() => globalThis.moves);
  tell(t, `${moves} moves in ${seconds.toFixed(1)} s`);
  assert.ok(moves > 2 && moves <= seconds * 20 + 2, `${moves} moves in ${seconds} s`);
});

test("nothing is left of a page that crashes", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await meet(at, "ann", "bob");
  await words(bob).pressSequentially("I was just about to");
  await pointAt(bob, 0.5, 0.5);
  await shows(ann.locator("#typing"), "bob is typing");
  await cursorOf(ann, "bob").waitFor();
  const goneHere = await watchEnd(ann, '#list li[data-name="bob"]:not(.away)');
  const gonePointer = await watchEnd(ann, '.cursor[data-name="bob"]');
  const goneTyping = await watchEnd(ann, "#typing:not(:empty)");
  const begin = Date.now();
  await at.crash(bob);
  const ms = (await Promise.all([goneHere(), gonePointer(), goneTyping()])).map((when) => when - begin);
  tell(t, `from the crash until presence, pointer and typing are gone: ${ms.join(", ")} ms`);
  assert.ok(Math.max(...ms) < 5000);
});

// --- calls ---------------------------------------------------------------------------------------

test("a call waits for a phone that is away, rings when it comes, and is answered", { skip }, async (t) => {
  const at = await stage(t);
  const ann = await come(at, "ann");
  await callAway(ann, "bob");
  await shows(card(ann), "It rings as soon as they are here");

  const bob = await come(at, "bob", { viewport: { width: 390, height: 844 } });
  await shows(card(bob), "ann");
  await shows(card(bob), "calls you");
  assert.equal(await bob.title(), "ann calls…");
  await shows(card(ann), "Ringing…");
  await Promise.all([snap(ann, "ringing-caller"), snap(bob, "ringing-callee")]);

  await button(bob, "Answer").click();
  await shows(card(ann), "Answered");
  await shows(card(bob), "Answered");
  assert.equal(await bob.title(), "Lobby");
  await button(ann, "Hang up").click();
  for (const page of [ann, bob]) {
    await hides(card(page));
    await shows(log(page), "is over");
  }
});

test("a call is declined", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await meet(at, "ann", "bob");
  await button(ann, "Call bob").click();
  await button(bob, "Decline").click();
  await shows(log(ann), "bob declined");
  await shows(log(bob), "You declined a call from ann");
  for (const page of [ann, bob]) await hides(card(page));
});

test("who calls somebody in a call hears so", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob, cleo] = await meet(at, "ann", "bob", "cleo");
  await button(ann, "Call bob").click();
  await button(bob, "Answer").click();
  await shows(card(ann), "Answered");
  await button(cleo, "Call bob").click();
  await shows(log(cleo), "bob is in another call");
  await shows(card(ann), "Answered");
});

test("the ringing stops at once when the caller's browser is killed", { skip }, async (t) => {
  const at = await stage(t);
  const bob = await come(at, "bob");
  const ann = await come(at, "ann", { own: true });
  await button(ann, "Call bob").click();
  await button(bob, "Answer").waitFor();
  const stopped = await watchEnd(bob, "#call:not([hidden])");
  const begin = Date.now();
  await at.kill(ann);
  tell(t, `from kill -9 until the ringing stops: ${await stopped() - begin} ms`);
  await shows(log(bob), "You missed a call from ann");
});

test("the ringing stops when the caller's network is cut", { skip }, async (t) => {
  const at = await stage(t);
  const relay = await at.relay();
  const ann = await come(at, "ann", { broker: relay.url });
  const bob = await come(at, "bob");
  await button(ann, "Call bob").click();
  await button(bob, "Answer").waitFor();
  relay.cut();
  await shows(log(bob), "You missed a call from ann");
  await hides(card(bob));
  await shows(log(ann), "The connection was lost, and the call with it");
  await connected(ann);
  await hides(card(ann));
});

test("a phone whose network is cut rings on when it is back", { skip }, async (t) => {
  const at = await stage(t);
  const relay = await at.relay();
  const bob = await come(at, "bob", { broker: relay.url });
  const ann = await come(at, "ann");
  await button(ann, "Call bob").click();
  await shows(card(ann), "Ringing…");
  relay.cut();
  await shows(card(ann), "It rings as soon as they are here");
  await shows(card(ann), "Ringing…");
  await button(bob, "Answer").click();
  await shows(card(ann), "Answered");
  await shows(card(bob), "Answered");
});

test("a call ends for both when the network of one is cut", { skip }, async (t) => {
  const at = await stage(t);
  const relay = await at.relay();
  const bob = await come(at, "bob", { broker: relay.url });
  const ann = await come(at, "ann");
  await button(ann, "Call bob").click();
  await button(bob, "Answer").click();
  await shows(card(ann), "Answered");
  relay.cut();
  await shows(log(ann), "The call with bob is over");
  await shows(log(bob), "The connection was lost, and the call with it");
});

test("a phone that crashes while it rings is rung again", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await meet(at, "ann", "bob");
  await button(ann, "Call bob").click();
  await button(bob, "Answer").waitFor();
  await shows(card(ann), "Ringing…");
  await at.crash(bob);
  await shows(card(ann), "It rings as soon as they are here");
  const again = await come(at, "bob");
  await button(again, "Answer").click();
  await shows(card(ann), "Answered");
});

test("a call that was hung up rings nowhere, and is told once", { skip }, async (t) => {
  const at = await stage(t);
  const ann = await come(at, "ann");
  await callAway(ann, "bob");
  await shows(card(ann), "bob");
  await button(ann, "Hang up").click();
  await shows(log(ann), "You hung up before bob answered");
  const bob = await come(at, "bob");
  await shows(log(bob), "You missed a call from ann");
  await say(ann, "never mind");
  await shows(log(bob), "never mind");
  assert.equal(await bob.getByText("You missed a call").count(), 1);
  assert.ok(await card(bob).isHidden());
});

test("a call that nobody takes ends, and leaves word", { skip }, async (t) => {
  const at = await stage(t);
  const hurry = async (route) => { // half a minute is long for a test
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace("30_000", "700") });
  };
  const ann = await come(at, "ann", { route: ["**/phone.js", hurry] });
  await callAway(ann, "bob");
  await shows(log(ann), "bob did not answer");
  await hides(card(ann));
  const bob = await come(at, "bob");
  await shows(log(bob), "You missed a call from ann");
});

// --- bad days ------------------------------------------------------------------------------------

test("all come back after the broker was killed, and see each other", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await Promise.all(["ann", "bob"].map((name) => come(at, name, { allow: [noBroker] })));
  await isHere(ann, "bob");
  await pointAt(bob, 0.5, 0.5);
  await cursorOf(ann, "bob").waitFor();
  await at.server.kill();
  for (const page of [ann, bob]) await shows(page.getByRole("status"), "Reconnecting");
  await snap(ann, "reconnecting");
  const begin = Date.now();
  await at.server.startAgain();
  for (const page of [ann, bob]) await connected(page);
  await isHere(ann, "bob");
  await isHere(bob, "ann");
  tell(t, `from the start of the broker until both see each other: ${Date.now() - begin} ms`);
  await cursorOf(ann, "bob").waitFor(); // bob's pointer stayed all the time
  await say(bob, "What was that?");
  await shows(log(ann), "What was that?");
});

test("what is said while the broker is away is said when it is back", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await Promise.all(["ann", "bob"].map((name) => come(at, name, { allow: [noBroker] })));
  await at.server.kill();
  await shows(bob.getByRole("status"), "Reconnecting");
  await say(bob, "Is anybody there?");
  await at.server.startAgain();
  await shows(log(bob), "Is anybody there?");
  await connected(ann);
});

test("a call does not outlive the broker", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await Promise.all(["ann", "bob"].map((name) => come(at, name, { allow: [noBroker] })));
  await isHere(ann, "bob");
  await button(ann, "Call bob").click();
  await button(bob, "Answer").waitFor();
  await at.server.restart();
  for (const page of [ann, bob]) {
    await connected(page);
    await hides(card(page));
  }
  await shows(log(bob), "You missed a call from ann");
});

test("without a broker the page says how to start one", { skip }, async (t) => {
  const at = await stage(t);
  await at.server.kill();
  const page = await at.page("/examples/web/?broker={broker}&name=ann", { allow: [noBroker] });
  await shows(page.locator("#command"), `restante serve --allow-origin ${at.files.origin}`);
  await at.server.startAgain();
  await connected(page);
  await hides(page.locator("#command"));
});

test("a slow network is slow, and ends consistent", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await meet(at, "ann", "bob");
  await at.slow(bob, { latencyMs: 400, bytesPerSecond: 8000 });
  const begin = Date.now();
  await say(bob, "first");
  await shows(log(bob), "first");
  const echoMs = Date.now() - begin;
  tell(t, `a message is back after ${echoMs} ms`);
  assert.ok(echoMs > 100, "the network was not slow");

  const said = ["first", ...Array.from({ length: 10 }, (_, i) => `word ${i}`)];
  for (const text of said.slice(1)) await say(bob, text);
  for (let step = 0; step <= 60; step++) await pointAt(bob, 0.2 + step / 100, 0.5);
  await words(bob).pressSequentially("and");
  await words(bob).fill("");
  await say(ann, "I hear you");
  for (const page of [ann, bob]) {
    await shows(log(page), "word 9");
    await shows(log(page), "I hear you");
    assert.deepEqual((await page.locator("#log .text").allTextContents()).filter((text) => text !== "I hear you"), said);
  }
  await until(async () => Math.abs((await positionOf(ann, "bob"))[0] - 0.8) < 0.01, "the last position");
  await ann.locator("#typing:empty").waitFor({ state: "attached" });
});

// --- for everybody -------------------------------------------------------------------------------

test("everything is done by keyboard", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await meet(at, "ann", "bob");
  const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute("aria-label"));

  await ann.keyboard.type("hello"); // the text field has had the focus from the beginning
  await press(ann, "Enter");
  await shows(log(bob), "hello");

  await press(ann, "Tab", "Tab");
  assert.equal(await focused(ann), "board");
  await press(ann, "ArrowRight", "ArrowUp");
  await cursorOf(bob, "ann").waitFor();
  await snap(ann, "keyboard-board");
  await press(ann, "Escape");
  await hides(cursorOf(bob, "ann"));

  await press(ann, "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab");
  assert.equal(await focused(ann), "Call bob");
  await press(ann, "Enter");
  await button(bob, "Answer").waitFor();
  assert.equal(await focused(bob), "call", "the card has the focus, and no button");
  await press(bob, "Enter", "Space");
  assert.ok(await button(bob, "Answer").isVisible(), "nobody answers by accident");
  await press(bob, "Tab");
  assert.equal(await focused(bob), "answer");
  await press(bob, "Enter");
  await shows(card(ann), "Answered");
  await press(ann, "Escape");
  await hides(card(bob));
  assert.equal(await focused(ann), "Call bob", "the focus is back where it was");

  await press(ann, "Enter");
  await button(bob, "Answer").waitFor();
  await press(bob, "Escape");
  await shows(log(ann), "bob declined");
  await hides(card(bob));
  assert.equal(await focused(bob), "words");
});

test("a call takes the focus from nobody who writes", { skip }, async (t) => {
  const at = await stage(t);
  const [ann, bob] = await meet(at, "ann", "bob");
  await words(bob).pressSequentially("half a sent");
  await button(ann, "Call bob").click();
  await button(bob, "Answer").waitFor();
  await bob.keyboard.type("ence");
  assert.equal(await words(bob).inputValue(), "half a sentence");
});

test("what is there has a role and a name", { skip }, async (t) => {
  const at = await stage(t);
  const [ann] = await meet(at, "ann", "bob");
  await ann.getByRole("heading", { name: "Lobby" }).waitFor();
  await ann.getByRole("log", { name: "Messages" }).waitFor();
  assert.equal(await log(ann).getAttribute("aria-live"), "polite");
  await ann.getByRole("region", { name: "People" }).getByRole("listitem").filter({ hasText: "bob" }).waitFor();
  await ann.getByRole("application", { name: /^Board/ }).waitFor();
  const nameless = await ann.locator("button, input").evaluateAll((all) => all.filter((one) =>
    one.checkVisibility() && !one.textContent.trim() && !one.ariaLabel && !one.labels?.length).map((one) => one.outerHTML));
  assert.deepEqual(nameless, []);
});

test("small screens hold it all", { skip }, async (t) => {
  const at = await stage(t);
  const ann = await come(at, "ann", { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true });
  const long = await come(at, "Llanfairpwllgwyngyllgogerychwyrn");
  await say(long, "Donaudampfschiffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(3));
  await shows(log(ann), "Donau");
  await callAway(long, "ann");
  await pointAt(long, 0.99, 0.99);
  await button(ann, "Answer").waitFor();
  await ann.locator(".cursor").waitFor();
  for (const [width, height] of [[320, 568], [390, 844], [844, 390]]) {
    await ann.setViewportSize({ width, height });
    await snap(ann, `narrow-${width}`);
    const wide = await ann.locator(":root, #log, #call").evaluateAll((all) =>
      all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ tagName, id }) => tagName + id));
    assert.deepEqual(wide, [], `scroll sideways at ${width} by ${height}`);
    const outside = await ann.locator("#call button, #words, #say button").evaluateAll((all) => all.filter((one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      return left < 0 || right > innerWidth || top < 0 || bottom > innerHeight;
    }).map((one) => one.id || one.textContent));
    assert.deepEqual(outside, [], `cannot be reached without scrolling at ${width} by ${height}`);
  }
});

test("nothing moves for whoever wants no motion", { skip }, async (t) => {
  const at = await stage(t);
  const ann = await come(at, "ann", { reducedMotion: "reduce" });
  const bob = await come(at, "bob");
  await words(bob).pressSequentially("x");
  await shows(ann.locator("#typing"), "bob is typing");
  await pointAt(bob, 0.3, 0.3);
  await cursorOf(ann, "bob").waitFor();
  await button(bob, "Call ann").click();
  await button(ann, "Answer").waitFor();
  const moving = () => document.getAnimations().filter(({ effect }) => effect.getComputedTiming().activeDuration > 0).length;
  assert.equal(await ann.evaluate(moving), 0);
  assert.ok(await bob.evaluate(moving) > 0, "it would have moved");
});

test("light and dark", { skip }, async (t) => {
  const at = await stage(t);
  const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await come(at, "ann", { colorScheme: "light" });
  const dark = await come(at, "bob", { colorScheme: "dark" });
  await say(light, "Good morning");
  await say(dark, "Good night");
  await shows(log(light), "Good night");
  await Promise.all([snap(light, "light"), snap(dark, "dark")]);
  assert.notEqual(await paper(light), await paper(dark));
});
