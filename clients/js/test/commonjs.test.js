// CommonJS programs can require the package in the versions of Node that README.md names.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
const canRequire = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);

/** The output of a program that has the package in its node_modules. */
function printed(code) {
  const directory = mkdtempSync(join(tmpdir(), "restante-commonjs-"));
  try {
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(fileURLToPath(new URL("..", import.meta.url)), join(directory, "node_modules/restante"));
    writeFileSync(join(directory, "program.cjs"), code);
    return execFileSync(process.execPath, ["program.cjs"], { cwd: directory, encoding: "utf8" });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("require works in Node 20.19, 22.12, 23 and later", { skip: !canRequire }, () => {
  assert.equal(printed('console.log(typeof require("restante").connect)'), "function\n");
});

test("import() works in CommonJS everywhere", () => {
  assert.equal(
    printed('import("restante").then(({ connect }) => console.log(typeof connect))'),
    "function\n",
  );
});

test("the README says which versions can", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  assert.match(readme, /`require\("restante"\)` from Node 20\.19, 22\.12 and 23 on/);
});
