// The fixture of a browser test: a broker, the checkout on an HTTP port, and pages in a headless Chromium.
//
//   const skip = await missing();
//   test("…", { skip }, async (t) => {
//     const at = await stage(t);
//     const ann = await at.page("/examples/web/?name=ann");
//     await shows(ann.getByRole("log"), "hello");
//   });
//
// At the end of the test everything is closed. The test fails if a page reported a problem (an error on the console,
// an uncaught error, a request that failed, a violated Content-Security-Policy) or if the broker did.
//
// To run: npm ci in tests/browser, Chromium as Debian packages it, and
//
//   RESTANTE_PROGRAM=build/release/restante node --test tests/browser/demo.test.mjs

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";

import { serveFiles } from "./files.mjs";
import { startRelay } from "./relay.mjs";
import { Server } from "./server.mjs";
import { deadlineMs, until } from "./wait.mjs";

export { Server, deadlineMs, until };

/** The browser; $RESTANTE_CHROMIUM names another one. */
const program = process.env.RESTANTE_CHROMIUM || "/usr/bin/chromium";

/** Why the tests of the browser cannot run here, or false. With $REQUIRE_BROWSER, as in CI, they fail instead of being skipped. */
export async function missing() {
  const why = await whatIsMissing();
  if (why && process.env.REQUIRE_BROWSER) throw new Error(why);
  return why;
}

async function whatIsMissing() {
  try {
    await import("playwright-core");
  } catch {
    return "playwright-core is not installed: run npm ci in tests/browser";
  }
  return existsSync(program) ? false : `there is no ${program}: install chromium, or name one in RESTANTE_CHROMIUM`;
}

/** The browser's complaint when the broker is away. Tests that stop the broker open their pages with this in `allow`. */
export const noBroker = /WebSocket connection to '[^']*' failed/;

/** How long one test may take. */
const testMs = 90_000;

const size = { width: 1280, height: 800 };

// Shared by the tests of one file, because starting them is slow: the browser, the file server, and pages that are
// idle.
let browser, files;
const idle = [];

after(async () => {
  await (await browser)?.close();
  await (await files)?.close();
});

async function launch() {
  const { chromium } = await import("playwright-core");
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const server = await chromium.launchServer({ executablePath: program, args, timeout: 60_000 });
  const client = await chromium.connect(server.wsEndpoint());
  return { newContext: (options) => client.newContext(options), kill: () => server.kill(), close: () => server.close() };
}

/** A page in a profile of its own. */
async function newPage(by, options) {
  const context = await by.newContext({ viewport: size, ...options });
  context.setDefaultTimeout(deadlineMs);
  const page = await context.newPage();
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`)));
  return page;
}

/**
 * A broker, files and pages for one test.
 *
 * `origins` are the origins that the broker allows, by default the origin of the file server. `flags` are further flags of
 * `restante serve`. `extra` maps paths to HTML that the file server has in addition to the checkout.
 */
export async function stage(t, { origins, flags, extra = {} } = {}) {
  const at = new Stage();
  // A wait inside a page has no deadline of its own. At the deadline of the test its pages are closed, so the wait
  // fails.
  const late = setTimeout(() => at.abandon(), testMs);
  t.after(async () => {
    clearTimeout(late);
    for (const complaint of at.allComplaints()) t.diagnostic(complaint); // a failed test skips the checks below
    await at.end();
  });
  at.files = await (files ??= serveFiles());
  at.files.extra = extra;
  at.server = await Server.start({ origins: origins ?? [at.files.origin], flags });
  return at;
}

class Stage {
  /** The file server; its `origin` serves the checkout. */
  files;
  /** The broker, see server.mjs. */
  server;
  #opened = [];
  #relays = [];
  #closing = [];
  #isAbandoned = false;

  /**
   * Opens a page and returns Playwright's Page. `path` is a path of the file server or a whole URL; `{broker}` in it becomes the
   * broker's URL. `viewport`, `colorScheme` and `reducedMotion` have Playwright's meaning. `allow` are expected complaints.
   * `route` is an argument for Playwright's `page.route`. `own` starts a separate browser process, for `kill`. The other
   * options are Playwright's options for a context, such as `hasTouch`.
   */
  async page(path, {
    allow = [], own = false, route, viewport = size, colorScheme = "light", reducedMotion = "no-preference", ...options
  } = {}) {
    const by = own ? await launch() : await (browser ??= launch());
    const isCommon = !own && Object.keys(options).length === 0;
    const page = isCommon && idle.pop() || await newPage(by, { viewport, ...options });
    const complaints = [];
    this.#opened.push({ page, path, complaints, browser: own ? by : undefined, isSpent: !isCommon });
    if (this.#isAbandoned) throw new Error(`the test took longer than ${testMs / 1000} s`);

    const complain = (text) => allow.some((fine) => fine.test(text)) || complaints.push(text);
    page.on("console", (message) => message.type() === "error" && complain(message.text()));
    page.on("pageerror", (error) => complain(`uncaught: ${error.stack ?? error}`));
    page.on("requestfailed", (request) => complain(`${request.url()}: ${request.failure()?.errorText}`));
    if (isCommon) await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion });
    if (route) await page.route(...route);
    await page.goto(new URL(path.replace("{broker}", encodeURIComponent(this.server.url)), this.files.origin).href);
    return page;
  }

  /** The complaints of this page so far. */
  complaints(page) {
    return this.#of(page).complaints;
  }

  /** The complaints of all pages, with the paths of the pages. */
  allComplaints() {
    return this.#opened.flatMap(({ path, complaints }) => complaints.map((text) => `${path} complained: ${text}`));
  }

  /** Closes the pages at once. */
  async abandon() {
    this.#isAbandoned = true;
    await Promise.all(this.#opened.map(({ page }) => page.context().close().catch(() => {})));
  }

  /** Crashes the renderer of the page. */
  async crash(page) {
    this.#of(page).isSpent = true;
    const crashed = new Promise((resolve) => page.once("crash", resolve));
    (await page.context().newCDPSession(page)).send("Page.crash").catch(() => {}); // never answered
    await crashed;
  }

  /** kill -9 to the browser process of a page that was opened with `own`. */
  async kill(page) {
    await this.#of(page).browser.kill();
  }

  /** A slow network for this page from now on, its WebSockets included: Chromium emulates it. */
  async slow(page, { latencyMs, bytesPerSecond = -1 }) {
    this.#of(page).isSpent = true;
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", {
      offline: false, latency: latencyMs, downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond,
    });
  }

  /** A way to the broker that can be cut: pages use its `url`, see relay.mjs. */
  async relay() {
    const relay = await startRelay(this.server.port);
    this.#relays.push(relay);
    return relay;
  }

  /** Calls a function at the end of the test, after a failure too. After a hook that throws, node skips other `t.after` hooks. */
  onEnd(close) {
    this.#closing.push(close);
  }

  /** Closes everything, and throws if there were complaints. Called at the end of the test. */
  async end() {
    const failed = this.allComplaints();
    for (const { reason } of await Promise.allSettled(this.#closing.map(async (close) => close()))) {
      if (reason) failed.push(reason.stack ?? reason);
    }
    await Promise.all(this.#opened.map((opened) => putAway(opened)));
    await Promise.all(this.#relays.map((relay) => relay.close()));
    await this.server?.stop().catch((error) => failed.push(error.message));
    if (failed.length > 0) throw new Error(failed.join("\n"));
  }

  #of(page) {
    return this.#opened.find((opened) => opened.page === page);
  }
}

/** Keeps a page for another test, clean, unless it is not like the others any more. */
async function putAway({ page, browser: own, isSpent }) {
  page.removeAllListeners();
  try {
    if (isSpent || page.isClosed()) throw new Error("not to be used again");
    await page.unrouteAll();
    await page.evaluate(() => { localStorage.clear(); sessionStorage.clear(); });
    await page.goto("about:blank");
    idle.push(page);
  } catch {
    await page.context().close().catch(() => {}); // its browser may have been killed
    await own?.close().catch(() => {});
  }
}

/** Waits until the element is visible and has this text, or a match of it, somewhere in it. */
export async function shows(locator, text) {
  await locator.filter({ hasText: text }).first().waitFor({ state: "visible" });
}

/** Waits until there is no such element to be seen. */
export async function hides(locator) {
  await locator.first().waitFor({ state: "hidden" });
}

/**
 * Begins to watch for the end of what the selector matches; answers, once it is gone, when that was, in ms of `Date.now()`.
 * Called as `const gone = await watchEnd(page, "…"); …; (await gone()) - begin`.
 */
export async function watchEnd(page, selector) {
  const handle = await page.evaluateHandle((watched) => ({
    gone: new Promise((resolve) => {
      if (!document.querySelector(watched)) throw new Error(`there is no ${watched} to begin with`);
      const observer = new MutationObserver(() => {
        if (document.querySelector(watched)) return;
        observer.disconnect();
        resolve(Date.now());
      });
      observer.observe(document.body, { attributes: true, characterData: true, childList: true, subtree: true });
    }),
  }), selector);
  return () => handle.evaluate(({ gone }) => gone);
}

/** Writes NAME.png into $RESTANTE_SCREENSHOTS; without that, does nothing. */
export async function snap(page, name) {
  const directory = process.env.RESTANTE_SCREENSHOTS;
  if (!directory) return;
  await mkdir(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`), animations: "disabled" });
}

/** Prints a figure for people who read the log of the tests. */
export function tell(t, text) {
  t.diagnostic(text);
}
