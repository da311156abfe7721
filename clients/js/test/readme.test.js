// The examples of README.md print the output that README.md shows below them.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, before, after } from "node:test";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

import { within, ws } from "./support/clients.js";
import { Server } from "./support/server.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const entry = new URL("../restante.js", import.meta.url).href;

/** Each example with the heading above it and the output below it. */
const examples = [...readme.matchAll(/```js\n(.*?)```\n+(?:```text\n(.*?)```)?/gs)].map((found) => ({
  name: /^#+ (.*)$(?![^]*^#+ )/m.exec(readme.slice(0, found.index))[1],
  code: found[1],
  output: found[2] ?? "",
}));

let server;
let directory;
before(async () => {
  server = await Server.start();
  directory = mkdtempSync(join(tmpdir(), "restante-readme-"));
  globalThis.WebSocket ??= ws;
  globalThis.wsOfTheTests = ws;
});
after(async () => {
  rmSync(directory, { recursive: true });
  await server?.kill();
});

/** The output of an example, after the addresses of the package and of the broker were replaced. */
async function run(code, name) {
  const placed = code
    .replaceAll('from "restante"', `from ${JSON.stringify(entry)}`)
    .replace('import WebSocket from "ws"', "const WebSocket = globalThis.wsOfTheTests")
    .replaceAll("ws://127.0.0.1:7467", server.url);
  const file = join(directory, `${name}.mjs`);
  writeFileSync(file, placed);
  const printed = [];
  const log = console.log;
  console.log = (...words) => printed.push(format(...words) + "\n");
  try {
    await within(import(pathToFileURL(file).href), "the end of the example");
  } finally {
    console.log = log;
  }
  return printed.join("");
}

test("the_readme_has_examples", () => assert.ok(examples.length >= 8));

examples.forEach(({ name, code, output }, at) => {
  test(`the_readme_is_right_about_${name.toLowerCase().replaceAll(" ", "_")}`, { timeout: 20_000 }, async () => {
    assert.equal(await run(code, `example-${at}`), output);
  });
});
