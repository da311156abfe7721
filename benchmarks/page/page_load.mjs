// Measures how much processor time the live page costs a busy broker, and how smoothly the page renders:
//
//   RESTANTE_PROGRAM=build/release/restante node benchmarks/page/page_load.mjs [--connections 5000] [--events 2000] [--seconds 15]
//
// The same load runs with and without a visible page, in turns. The program prints the broker's processor time, as a
// share of one core, without the page (the baseline) and with the page, and the page's frames per second. In one run
// the load is spread over a thousand topics; in the other, all of it is on the twelve topics that the page shows.

import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { Server } from "../../tests/browser/support/server.mjs";

const WebSocket = createRequire(import.meta.url)("/usr/share/nodejs/ws");
const { chromium } = createRequire(new URL("../../tests/browser/package.json", import.meta.url))("playwright-core");

const { values: given } = parseArgs({
  options: { connections: { type: "string" }, events: { type: "string" }, seconds: { type: "string" }, rounds: { type: "string" } },
});
const connections = Number(given.connections ?? 5000);
const eventsPerSecond = Number(given.events ?? 2000);
const seconds = Number(given.seconds ?? 15);
const rounds = Number(given.rounds ?? 3);
const tickMs = 20;

/** A client that sets keys and hears of nothing: the least that a load can cost beside the broker. */
function enter(url, client) {
  return new Promise((done, fail) => {
    const socket = new WebSocket(`${url}/v1/ws`, { perMessageDeflate: false });
    socket.on("open", () => socket.send(JSON.stringify({ op: "connect", id: 0, client })));
    socket.once("message", () => done(socket));
    socket.on("error", fail);
  });
}

async function enterAll(url) {
  const entered = [];
  for (let n = 0; n < connections; n += 250) {
    const some = Array.from({ length: Math.min(250, connections - n) }, (_, k) => enter(url, `client-${n + k}`));
    entered.push(...(await Promise.all(some)));
  }
  return entered;
}

/** Sets and clears keys in turn, over so many topics, until it is stopped. */
function trouble(sockets, topics) {
  const payload = Buffer.from('{"x":120,"y":340}').toString("base64");
  let sent = 0;
  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * eventsPerSecond);
    for (; sent < due; sent++) {
      const pair = sent >> 1; // one event sets a key, the next event clears it
      const who = pair % sockets.length;
      const topic = `room-${String(pair % topics).padStart(4, "0")}`;
      const key = `cursor:${who}`;
      sockets[who].send(sent & 1 ? JSON.stringify({ op: "ephemeral.clear", topic, key }) : JSON.stringify({ op: "ephemeral.set", topic, key, payload }));
    }
  }, tickMs);
  return () => {
    clearInterval(timer);
    return (sent * 1000) / (performance.now() - began);
  };
}

async function processorSeconds(pid) {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function share(pid) {
  const before = await processorSeconds(pid);
  const began = performance.now();
  await new Promise((done) => setTimeout(done, seconds * 1000));
  return ((await processorSeconds(pid)) - before) / ((performance.now() - began) / 1000);
}

const frames = (page) => page.evaluate((forMs) => new Promise((done) => {
  let count = 0;
  let longest = 0;
  const began = performance.now();
  let last = began;
  const next = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    count++;
    if (now - began < forMs) requestAnimationFrame(next);
    else done({ perSecond: (count * 1000) / (now - began), longestMs: longest });
  };
  requestAnimationFrame(next);
}), seconds * 1000);

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const percent = (part) => `${(100 * part).toFixed(1)} %`;

async function measure(name, topics) {
  const server = await Server.start();
  const browser = await chromium.launch({ executablePath: process.env.RESTANTE_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  const sockets = await enterAll(server.url);
  // One key stays set on every topic, so that no topic appears or vanishes.
  for (let n = 0; n < topics; n++)
    sockets[n % sockets.length].send(JSON.stringify({ op: "ephemeral.set", topic: `room-${String(n).padStart(4, "0")}`, key: "stays", ttl_ms: 1_800_000 }));
  const stop = trouble(sockets, topics);
  const figures = { without: [], with: [], frames: [], longest: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      figures.without.push(await share(server.pid));
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(server.http);
      await page.locator(".topic .key").first().waitFor();
      const [used, seen] = await Promise.all([share(server.pid), frames(page)]);
      figures.with.push(used);
      figures.frames.push(seen.perSecond);
      figures.longest.push(seen.longestMs);
      await page.close();
    }
  } finally {
    const rate = stop();
    const cost = figures.with.map((used, n) => used - figures.without[n]);
    console.log(`${name}: ${sockets.length} connections, ${Math.round(rate)} events/s, medians of ${figures.with.length} rounds of ${seconds} s`);
    console.log(`  broker without page ${percent(median(figures.without))} of a core, with it ${percent(median(figures.with))}: ` +
      `the page costs ${percent(median(cost))} (rounds: ${cost.map(percent).join(", ")}; target < 10 %)`);
    console.log(`  page ${median(figures.frames).toFixed(0)} frames/s (rounds: ${figures.frames.map((f) => f.toFixed(0)).join(", ")}; target > 30), longest frame ${median(figures.longest).toFixed(0)} ms`);
    for (const socket of sockets) socket.terminate();
    await browser.close();
    await server.stop();
  }
}

await measure("spread over 1,000 topics", 1000);
await measure("all on the 12 topics in view", 12);
