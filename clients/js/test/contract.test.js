// The package exports what restante.d.ts declares, and package.json names what exists.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import test from "node:test";

import * as restante from "../restante.js";

const place = (path) => new URL(`../${path}`, import.meta.url);
const read = (path) => readFileSync(place(path), "utf8");
const declared = read("restante.d.ts");

/** The names of the members that restante.d.ts declares in a class. */
function membersOf(name) {
  const [, body] = new RegExp(`^export class ${name} [^{]*{\n(.*?)^}`, "ms").exec(declared);
  const names = [...body.matchAll(/^ {2}(?:readonly )?(\w+)(?:<.*?>)?[(?:]/gm)].map((found) => found[1]);
  return names.filter((member) => member !== "constructor");
}

for (const name of ["Connection", "TopicView"]) {
  test(`all_that_is_declared_of_a_${name}_is_there`, () => {
    const members = membersOf(name);
    assert.ok(members.length >= 10, members);
    assert.deepEqual(members.filter((member) => !(member in restante[name].prototype)), []);
  });
}

test("the_declared_error_codes_are_those_of_the_table", () => {
  const [, codes] = /export type ErrorCode =(.*?);/s.exec(declared);
  assert.deepEqual([...codes.matchAll(/"(\w+)"/g)].map((found) => found[1]).sort(), Object.keys(restante.errors).sort());
});

test("all_that_is_declared_to_be_exported_is", () => {
  const values = [...declared.matchAll(/^export (?:class|const|function) (\w+)/gm)].map((found) => found[1]);
  assert.deepEqual(values.sort(), Object.keys(restante).sort());
});

test("the_package_has_what_it_names_and_depends_on_nothing", () => {
  const { files, exports, types, dependencies, type } = JSON.parse(read("package.json"));
  for (const path of [...files, ...Object.values(exports["."]), types])
    assert.ok(existsSync(place(path)), path);
  assert.deepEqual([dependencies, type], [undefined, "module"]);
});

test("the_package_has_the_version_of_the_broker", () => {
  const [, version] = /version = "(.*?)"/.exec(read("../../broker/api/version.hpp"));
  assert.equal(JSON.parse(read("package.json")).version, version);
});

test("what_runs_in_a_page_imports_only_what_lies_beside_it", () => {
  const sources = readdirSync(place("src")).map((name) => `src/${name}`);
  for (const path of ["restante.js", ...sources]) {
    const text = read(path);
    for (const [, from] of text.matchAll(/^(?:import|export) .*?from "(.*?)"/gms))
      assert.match(from, /^\.\/(src\/)?\w+\.js$/, path);
    assert.doesNotMatch(text, /\b(process|Buffer|require)\b[.(]/, path);
    assert.ok(text.split("\n").length <= 260, `${path} is long`);
  }
});
