// Tests that need no server: pauses, payloads, order, silence, options, waiting requests.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { Backoff } from "../src/backoff.js";
import { comesAgain, errorOfClose } from "../src/closing.js";
import { Emitter } from "../src/emitter.js";
import { optionsOf } from "../src/checks.js";
import { Entry, EntryMap, compareKeys } from "../src/entries.js";
import { errors, errorOf, RestanteError } from "../src/errors.js";
import { wrongWith } from "../src/frames.js";
import { Feed } from "../src/feed.js";
import { Transport } from "../src/transport.js";
import { settle, socketUrl } from "../src/options.js";
import { encodePayload, fromBase64, toBase64 } from "../src/payload.js";
import { RefusedAcks } from "../src/refused_acks.js";
import { Requests } from "../src/requests.js";
import { Silence } from "../src/silence.js";
import { Tokens } from "../src/tokens.js";

test("pauses_double_up_to_the_longest_and_are_cut_by_up_to_a_half", () => {
  const pauses = (random) => {
    const backoff = new Backoff(100, 1000, () => random);
    return Array.from({ length: 6 }, () => backoff.next());
  };
  assert.deepEqual(pauses(0), [100, 200, 400, 800, 1000, 1000]);
  assert.deepEqual(pauses(1), [50, 100, 200, 400, 500, 500]);
});

test("after_a_connect_the_next_pause_is_the_first_again", () => {
  const backoff = new Backoff(100, 1000, () => 0);
  backoff.next();
  backoff.next();
  backoff.reset();
  assert.equal(backoff.next(), 100);
});

test("W6_close_codes_say_whether_to_come_again", () => {
  for (const code of [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4001, 4003, 4005, 4008, 4012, 4499])
    assert.equal(comesAgain(code), true, code);
  for (const code of [1002, 1007, 1009, 4500, 4501, 4503, 4507, 4999])
    assert.equal(comesAgain(code), false, code);
});

/** The rows of the table with this heading in docs/protocol.md, which the broker's tests compare with its own tables. */
function tableOfPage(heading) {
  const page = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
  assert.ok(page.includes(`${heading}\n`), heading);
  const [, rows] = page.split(`${heading}\n`)[1].split(/^((?:\|.*\n)*)/m);
  return rows.trim().split("\n").slice(1).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

test("W6_close_codes_are_those_of_the_protocol", () => {
  const rows = tableOfPage("| close code | name | | reconnect |");
  const told = new Map(rows.map(([code, , , advice]) => [Number(code), advice.startsWith("yes")]));
  assert.ok(told.size >= 23);
  for (let code = 1000; code <= 4999; ++code)
    assert.equal(comesAgain(code), told.get(code) ?? code < 4500, code);
});

test("S10_errors_are_those_of_the_protocol", () => {
  const rows = tableOfPage("| number | code | retry | when |");
  const told = rows.map(([number, code, retry]) => [code.replaceAll("`", ""), { number: Number(number), retry: retry === "yes" }]);
  assert.deepEqual(Object.entries(errors), told);
});

test("a_close_is_told_as_the_error_it_stands_for", () => {
  assert.equal(errorOfClose(4500, "token_expired").code, "token_expired");
  assert.equal(errorOfClose(4500, "no token").code, "unauthenticated");
  assert.equal(errorOfClose(4507, "").code, "forbidden");
  assert.equal(errorOfClose(4503, "taken_over").code, "stale_connection");
  assert.equal(errorOfClose(1006, "").code, "unreachable");
});

test("errors_have_the_numbers_of_the_protocol", () => {
  assert.equal(Object.keys(errors).length, 29);
  assert.deepEqual(errors.unknown_outcome, { number: 407, retry: true });
  const error = errorOf({ code: "topic_full", number: 208, message: "full", retry: true });
  assert.ok(error instanceof RestanteError && error instanceof Error);
  assert.deepEqual([error.name, error.code, error.number, error.retry, error.message],
    ["RestanteError", "topic_full", 208, true, "full"]);
  assert.equal(errorOf({ code: "of_tomorrow", number: 999, retry: true }).number, 999);
  assert.equal(errorOf("nonsense").code, "internal");
});

test("a_payload_of_each_form_becomes_its_bytes", () => {
  const sent = (payload) => Buffer.from(encodePayload(payload) ?? "", "base64");
  assert.deepEqual([...sent(new Uint8Array([0, 255, 7]))], [0, 255, 7]);
  assert.deepEqual([...sent(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))], [2, 3]);
  assert.deepEqual([...sent(new Uint16Array([1]))], [1, 0]);
  assert.equal(sent("grüße 🎈").toString(), "grüße 🎈");
  assert.equal(sent({ line: 7 }).toString(), '{"line":7}');
  assert.equal(sent(null).toString(), "null");
  assert.equal(encodePayload(undefined), undefined);
  assert.equal(encodePayload(""), undefined);
  assert.throws(() => encodePayload(() => {}), TypeError);
});

test("bytes_survive_base64_at_every_length", () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193, 16384]) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 7) & 255);
    assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"));
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  }
  assert.equal(fromBase64("no base64 at all!").length, 0);
});

test("an_entry_shows_its_payload_as_bytes_text_and_json", () => {
  const entry = new Entry("key", "ann", toBase64(Buffer.from('{"a":[1]}')), undefined);
  assert.equal(entry.text, '{"a":[1]}');
  assert.deepEqual(entry.json, { a: [1] });
  const empty = new Entry("key", "ann", undefined, 5);
  assert.deepEqual([empty.bytes.length, empty.text, empty.json, empty.expiresAtMs], [0, "", undefined, 5]);
  assert.equal(new Entry("key", "ann", toBase64(Buffer.from("{")), 5).json, undefined);
});

const hardKeys = ["", "a", "a\0", "ab", "b", "~", "\u0080", "ß", "\u07ff", "\u0800", "\ud7ff", "\ue000",
  "\uffff", "\u{10000}", "\u{10000}a", "\u{1f388}", "\u{10ffff}"];

test("E8_keys_are_compared_as_their_utf8_bytes", () => {
  for (const a of hardKeys)
    for (const b of hardKeys)
      assert.equal(Math.sign(compareKeys(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)), `${a} ${b}`);
});

const entry = (key, clientId = "ann") => new Entry(key, clientId, undefined, undefined);

test("E8_a_map_of_entries_iterates_in_byte_order_whatever_came_when", () => {
  const map = new EntryMap();
  for (const key of [...hardKeys].reverse())
    map.put(entry(key));
  assert.deepEqual([...map.keys()], hardKeys);
  map.remove("b");
  map.put(entry("aa"));
  map.put(entry("~", "bob"));
  const keys = [...hardKeys.filter((key) => key !== "b"), "aa"].sort(compareKeys);
  assert.deepEqual([...map.keys()], keys);
  assert.deepEqual([...map].map(([key]) => key), keys);
  assert.deepEqual([...map.values()].map(({ key }) => key), keys);
  const visited = [];
  map.forEach((value, key, whole) => visited.push([value.key === key, whole === map]));
  assert.ok(visited.length === map.size && visited.flat().every(Boolean));
  assert.equal(map.get("~").clientId, "bob");
  assert.equal(map.has("b"), false);
});

test("a_map_of_entries_may_change_while_it_is_walked_through", () => {
  const map = new EntryMap();
  for (const key of ["a", "b", "c"])
    map.put(entry(key));
  const seen = [];
  for (const key of map.keys()) {
    seen.push(key);
    map.remove("b");
    map.put(entry("d"));
  }
  assert.deepEqual(seen, ["a", "c"]);
  assert.deepEqual([...map.keys()], ["a", "c", "d"]);
});

test("addresses_are_sockets_and_have_a_path", () => {
  assert.equal(socketUrl("ws://host:7467"), "ws://host:7467/v1/ws");
  assert.equal(socketUrl("http://host"), "ws://host/v1/ws");
  assert.equal(socketUrl(new URL("https://host/")), "wss://host/v1/ws");
  assert.equal(socketUrl("wss://host/broker/ws?x=1#top"), "wss://host/broker/ws?x=1");
  for (const wrong of ["ftp://host", "host:7467", "", "/v1/ws"])
    assert.throws(() => socketUrl(wrong), TypeError, wrong);
});

test("connect_refuses_what_it_cannot_work_with", () => {
  class WebSocket {}
  assert.throws(() => settle("ws://host", { WebSocket, token: 7 }), TypeError);
  assert.throws(() => settle("ws://host", { WebSocket, ack: "never" }), TypeError);
  assert.throws(() => settle("ws://host", { WebSocket: "ws" }), TypeError);
  assert.equal(settle("ws://host", { WebSocket, reconnect: { firstMs: 5 } }).longestMs, 30_000);
});

test("a_listener_that_throws_harms_no_other_and_is_told", async () => {
  const errors = [];
  const emitter = new Emitter((error) => errors.push(error.message));
  const received = [];
  emitter.on("it", () => { throw new Error("thrown"); });
  emitter.on("it", () => Promise.reject(new Error("rejected")));
  const off = emitter.on("it", (value) => received.push(value));
  emitter.emit("it", 1);
  off();
  emitter.emit("it", 2);
  await null;
  await null;
  assert.deepEqual(received, [1]);
  assert.deepEqual(errors.sort(), ["rejected", "rejected", "thrown", "thrown"]);
});

test("a_listener_that_was_taken_off_hears_nothing_more_of_the_same_event", () => {
  const emitter = new Emitter(assert.fail);
  let off = () => {};
  emitter.on("it", () => off());
  off = emitter.on("it", assert.fail);
  emitter.emit("it");
});

test("C3_silence_is_asked_about_and_then_the_end", () => {
  const said = [];
  let now = 0;
  const silence = new Silence(1000, { ask: () => said.push(`ask ${now}`), lost: () => said.push(`lost ${now}`) },
    () => now);
  const passes = (until) => {
    while (now < until) {
      now += 250;
      silence.look();
    }
  };
  passes(750);
  silence.received();
  passes(1500);
  assert.deepEqual(said, []);
  passes(1750);
  assert.deepEqual(said, ["ask 1750"]);
  passes(3250);
  assert.equal(said.at(-1), "lost 3250"); // 2.5 intervals after 750
  silence.stop();
});

test("C3_a_machine_that_slept_asks_once_more", () => {
  const said = [];
  let now = 0;
  const silence = new Silence(1000, { ask: () => said.push("ask"), lost: () => said.push("lost") }, () => now);
  now = 60_000;
  silence.look();
  assert.deepEqual(said, ["ask"]);
  for (; now < 62_000; now += 250)
    silence.look();
  assert.equal(said.at(-1), "lost");
  silence.stop();
});

// --- waiting requests ------------------------------------------------------------------------------

function asking(options) {
  const requests = new Requests({ deadlineMs: 1000, maxWaiting: 10, ...options });
  const said = [];
  const ends = [];
  const ask = (op, fields, how) =>
    requests.submit(op, fields, (frame, error) => ends.push(error?.code ?? frame), how);
  const attach = () => {
    requests.attach((text) => said.push(JSON.parse(text)));
    requests.proceed();
  };
  return { requests, said, ends, ask, attach };
}

test("what_was_asked_goes_out_in_order_and_again_in_order_after_a_loss", () => {
  const { requests, said, ends, ask, attach } = asking();
  ask("a");
  attach();
  ask("b");
  ask("once", {}, { once: true });
  requests.answered({ id: 1, ok: true, fine: 1 });
  requests.detach();
  assert.deepEqual(ends, [{ id: 1, ok: true, fine: 1 }, "unknown_outcome"]);
  ask("c");
  said.length = 0;
  attach();
  assert.deepEqual(said, [{ op: "b", id: 2 }, { op: "c", id: 4 }]);
  requests.fail(new RestanteError("stale_connection"));
  assert.deepEqual(ends.slice(2), ["stale_connection", "stale_connection"]);
});

test("operations_beyond_max_waiting_are_refused_and_their_places_come_back", () => {
  const { requests, ends, ask, attach } = asking({ maxWaiting: 2 });
  ask("a");
  ask("b");
  ask("c");
  assert.deepEqual(ends, ["overloaded"]);
  attach();
  requests.answered({ id: 1, ok: true });
  ask("d");
  assert.equal(ends.length, 2);
  requests.fail(new RestanteError("stale_connection"));
});

test("W5_what_has_no_json_or_is_too_large_is_refused_here", () => {
  const { requests, said, ends, ask, attach } = asking();
  attach();
  ask("a", { pack: 10n });
  const circle = {};
  circle.circle = circle;
  ask("a", { pack: circle });
  ask("a", { pack: "x".repeat(1 << 20) });
  assert.deepEqual(ends, ["invalid_argument", "invalid_argument", "bad_frame"]);
  assert.deepEqual(said, []);
  requests.fail(new RestanteError("stale_connection"));
});

const nested = (levels) => {
  let value = 1;
  for (let at = 0; at < levels; ++at)
    value = [value];
  return JSON.stringify({ pack: value });
};

test("W5_what_the_broker_could_not_read_is_refused_before_it_goes_out", () => {
  const wrong = (fields) => wrongWith(JSON.stringify(fields), fields);
  const frame = (pack) => wrong({ pack })?.message;
  assert.equal(wrongWith(nested(63), {}), undefined);
  assert.match(wrongWith(nested(64), {}).message, /too deeply/);
  assert.equal(frame("[".repeat(200) + '\\"' + "{".repeat(200)), undefined);
  const around = '{"pack":""}'.length;
  assert.equal(frame("x".repeat((1 << 20) - around)), undefined);
  assert.match(frame("x".repeat((1 << 20) - around + 1)), /bytes/);
  assert.match(frame("é".repeat((1 << 19) - 5)), /bytes/);
});

test("W5_half_a_surrogate_pair_is_refused_with_the_name_of_its_member", () => {
  const wrong = (fields) => wrongWith(JSON.stringify(fields), fields);
  assert.equal(wrong({ pack: "🎈\u0000\ud7ff\ue000 \\ud800" }), undefined);
  for (const [fields, place] of [
    [{ to: "\ud83c", pack: 1 }, "to"],
    [{ pack: "half \ud83c" }, "pack"],
    [{ pack: "\udc00\ud83d" }, "pack"],
    [{ pack: { lines: ["fine", "🎈", { text: "x\udfff" }] } }, "pack.lines[2].text"],
    [{ pack: { ["\udfff"]: 1 } }, "pack[a name]"],
    [{ targets: ["a", "\ud800"] }, "targets[1]"],
    [{ data: { toJSON: () => ({ late: "\ud800" }) } }, "data.late"],
  ]) {
    const error = wrong(fields);
    assert.deepEqual([error.code, error.message.split(" has half")[0]], ["invalid_argument", place]);
  }
});

test("large_frames_wait_here_and_not_in_the_socket", () => {
  const { requests, said, ask, attach } = asking();
  attach();
  for (let at = 0; at < 4; ++at)
    ask("big", { pack: "x".repeat(400_000) });
  assert.equal(said.length, 2);
  requests.answered({ id: 1, ok: true });
  assert.equal(said.length, 3);
  requests.fail(new RestanteError("stale_connection"));
});

test("what_is_refused_for_now_is_asked_again_only_where_that_was_wanted", async () => {
  const { requests, said, ends, ask, attach } = asking();
  attach();
  ask("told");
  ask("repeated", {}, { repeats: true });
  const refusal = { code: "storage_failed", number: 401, retry: true };
  requests.answered({ id: 1, ok: false, error: refusal });
  requests.answered({ id: 2, ok: false, error: refusal });
  assert.deepEqual(ends, ["storage_failed"]);
  while (said.length < 3)
    await new Promise((soon) => setTimeout(soon, 5));
  assert.deepEqual(said[2], { op: "repeated", id: 2 });
  requests.answered({ id: 2, ok: true });
  assert.deepEqual(ends[1], { id: 2, ok: true });
  requests.fail(new RestanteError("stale_connection"));
});

test("what_is_refused_for_good_is_not_asked_again", () => {
  const { requests, ends, ask, attach } = asking();
  attach();
  ask("a", {}, { repeats: true });
  requests.answered({ id: 1, ok: false, error: { code: "not_found", number: 200, retry: false } });
  assert.deepEqual(ends, ["not_found"]);
  requests.fail(new RestanteError("stale_connection"));
});

test("what_is_refused_until_its_deadline_ends_with_the_refusal", async () => {
  const { requests, said, ask, attach } = asking({ deadlineMs: 250 });
  attach();
  const ended = new Promise((resolve) => requests.submit("a", {}, (frame, error) => resolve(error?.code), { repeats: true }));
  const answering = setInterval(() => {
    for (const { id } of said.splice(0))
      requests.answered({ id, ok: false, error: { code: "overloaded", number: 400, retry: true } });
  }, 5);
  assert.equal(await ended, "overloaded");
  clearInterval(answering);
  requests.fail(new RestanteError("stale_connection"));
});

test("what_was_refused_for_now_is_asked_again_on_the_next_connection", () => {
  const { requests, said, ask, attach } = asking();
  attach();
  ask("a", {}, { repeats: true });
  requests.answered({ id: 1, ok: false, error: { code: "overloaded", number: 400, retry: true } });
  requests.detach();
  said.length = 0;
  attach();
  assert.deepEqual(said, [{ op: "a", id: 1 }]);
  requests.fail(new RestanteError("stale_connection"));
});

test("N11_acks_that_were_refused_are_said_again_until_they_are_taken", async () => {
  const said = [];
  let now = 0;
  const refused = new RefusedAcks((trace) => said.push(trace), { firstMs: 1, longestMs: 4, now: () => now });
  assert.deepEqual([refused.add("a"), refused.add("b"), refused.add("a")], [true, false, false]);
  const reach = async (count) => {
    while (said.length < count)
      await new Promise((soon) => setTimeout(soon, 1));
  };
  await reach(2);
  assert.deepEqual(said, ["a", "b"]);
  assert.equal(refused.add("b"), false); // the refusals go on
  await reach(3);
  assert.deepEqual(said, ["a", "b", "b"]);
  now = 60_000;
  assert.equal(refused.add("c"), true);
  refused.clear(); // the connection is gone: c is offered again
  await new Promise((soon) => setTimeout(soon, 10));
  assert.equal(said.length, 3);
});

test("options_that_do_not_exist_or_are_of_the_wrong_type_are_refused_by_name", () => {
  const WebSocket = class {};
  const wrong = (options) => {
    try {
      settle("ws://b", { WebSocket, ...options });
    } catch (error) {
      assert.ok(error instanceof TypeError, error);
      return error.message;
    }
    return undefined;
  };
  assert.equal(wrong({ client: "ann", token: undefined, reconnect: { firstMs: 1 }, deadlineMs: Infinity }), undefined);
  assert.equal(wrong({ resumeWindow: 5 }), 'connect has no option "resumeWindow": it is called resumeWindowMs');
  assert.equal(wrong({ deadline_ms: 5 }), 'connect has no option "deadline_ms": it is called deadlineMs');
  assert.match(wrong({ clinet: "ann" }), /^connect has no option "clinet": it has client, ns, /);
  for (const [options, name] of [
    [{ client: 7 }, "client"],
    [{ client: null }, "client"],
    [{ ns: {} }, "ns"],
    [{ token: 7 }, "token"],
    [{ ack: "never" }, "ack"],
    [{ maxInflight: "64" }, "maxInflight"],
    [{ maxInflight: 1.5 }, "maxInflight"],
    [{ resumeWindowMs: NaN }, "resumeWindowMs"],
    [{ visit: "yes" }, "visit"],
    [{ reconnect: 5 }, "reconnect"],
    [{ reconnect: { firstMs: "1" } }, "reconnect"],
    [{ reconnect: { first: 1 } }, "reconnect"],
    [{ connectTimeoutMs: -1 }, "connectTimeoutMs"],
    [{ tokenPatienceMs: "5m" }, "tokenPatienceMs"],
    [{ deadlineMs: "30s" }, "deadlineMs"],
    [{ maxWaiting: NaN }, "maxWaiting"],
    [{ WebSocket: "ws" }, "WebSocket"],
  ])
    assert.match(wrong(options) ?? "", new RegExp(`^the option ${name} of connect is `), JSON.stringify(options));
  for (const none of [null, 7, "ann"])
    assert.throws(() => settle("ws://b", none), TypeError);
});

test("every_option_of_the_contract_is_known_and_no_other", () => {
  const declared = readFileSync(new URL("../restante.d.ts", import.meta.url), "utf8");
  const membersOf = (name) => {
    const [, body] = new RegExp(`^export interface ${name} [^{]*{\n(.*?)^}`, "ms").exec(declared);
    return [...body.matchAll(/^ {2}(\w+)\?:/gm)].map((found) => found[1]);
  };
  for (const name of membersOf("Options")) {
    const value = { reconnect: false, ack: "auto", visit: true, WebSocket: class {}, client: "", ns: "", token: "" }[name] ?? 1;
    settle("ws://b", { WebSocket: class {}, [name]: value });
  }
  const where = membersOf("Where");
  assert.deepEqual(Object.keys(optionsOf.put).sort(), [...membersOf("PutOptions"), ...where].sort());
  assert.deepEqual(Object.keys(optionsOf.topics).sort(), [...membersOf("PageOptions"), ...where].sort());
  assert.deepEqual(Object.keys(optionsOf.status), where);
});

test("what_is_awaited_again_waits_for_the_rest_of_its_time", () => {
  const { requests, said, ask, attach } = asking();
  attach();
  ask("await", {}, { lastsMs: 5000 });
  const first = said.at(-1).timeout_ms;
  requests.detach();
  for (const begin = performance.now(); performance.now() < begin + 2; );
  attach();
  const second = said.at(-1).timeout_ms;
  assert.ok(first <= 5000 && second < first, `${first} ms, then ${second} ms`);
  requests.fail(new RestanteError("stale_connection"));
});

// --- a feed ----------------------------------------------------------------------------------------

function fed() {
  let asked = 0;
  const feed = new Feed("room", () => ++asked);
  const received = [];
  feed.join({ shown: () => received.push("snapshot"), emit: (event, it) => received.push(it.entry?.key ?? it.data) });
  const set = (seq, key, epoch = 1) =>
    feed.received({ _orama: "ephemeral.set", topic: "room", key, client_id: "ann", seq, epoch });
  const shown = (seq, keys, epoch = 1) =>
    feed.answered({ seq, epoch, entries: keys.map((key) => ({ key, client_id: "ann", expires_in_ms: 9 })) });
  return { feed, received, set, shown, asked: () => asked };
}

test("E11_events_at_or_below_the_snapshot_are_dropped", () => {
  const { feed, received, set, shown } = fed();
  set(3, "early");
  shown(3, ["a"]);
  set(2, "x");
  set(3, "x");
  set(4, "b");
  set(4, "x");
  assert.deepEqual([...feed.entries.keys()], ["a", "b"]);
  assert.deepEqual(received, ["snapshot", "b"]);
});

test("E11_a_gap_is_asked_about_and_closed_by_a_snapshot", () => {
  const { feed, set, shown, asked } = fed();
  shown(1, ["a"]);
  set(3, "c");
  assert.deepEqual([feed.isLive, asked(), feed.seq], [false, 1, 1]);
  set(4, "d");
  assert.equal(asked(), 1);
  shown(4, ["a", "b", "c", "d"]);
  set(5, "e");
  assert.deepEqual([...feed.entries.keys()], ["a", "b", "c", "d", "e"]);
  assert.equal(feed.isLive, true);
});

test("E10_a_higher_epoch_starts_anew_and_a_lower_one_is_over", () => {
  const { feed, set, shown, asked } = fed();
  shown(7, ["a"], 2);
  set(8, "x", 1);
  assert.deepEqual([...feed.entries.keys()], ["a"]);
  set(1, "b", 3);
  assert.deepEqual([[...feed.entries.keys()], feed.epoch, feed.seq], [["b"], 3, 1]);
  set(2, "c", 4);
  assert.deepEqual([feed.isLive, asked()], [false, 1]);
});

test("an_older_snapshot_does_not_undo_what_is_known", () => {
  const { feed, set, shown } = fed();
  shown(1, ["a"]);
  set(2, "b");
  shown(1, ["a"]);
  assert.deepEqual([[...feed.entries.keys()], feed.seq], [["a", "b"], 2]);
});

test("an_event_that_cannot_be_read_leaves_a_gap_that_is_noticed", () => {
  const { feed, set, shown, asked } = fed();
  shown(1, []);
  assert.throws(() => set(2, 17));
  set(3, "c");
  assert.deepEqual([feed.isLive, asked()], [false, 1]);
});

test("a_set_costs_no_sorting", () => {
  const { feed, set, shown } = fed();
  shown(0, []);
  const begin = performance.now();
  for (let seq = 1; seq <= 20_000; ++seq)
    set(seq, `key-${seq % 1000}`);
  const ms = performance.now() - begin;
  assert.equal(feed.entries.size, 1000);
  assert.ok(ms < 1000, `20,000 events took ${ms} ms: 2,000 a second are to be cheap`);
});

// --- tokens ----------------------------------------------------------------------------------------

test("W7_a_token_function_is_asked_before_the_token_ends", async () => {
  let asked = 0;
  const tokens = new Tokens(() => `token-${++asked}`);
  assert.equal(await tokens.next(), "token-1");
  const refreshed = await new Promise((resolve, reject) => tokens.expireIn(40, resolve, reject));
  assert.deepEqual([refreshed, tokens.current], ["token-2", "token-2"]);
  tokens.forget();
  await assert.rejects(new Tokens(() => 7).next(), TypeError);
});

test("a_socket_that_is_closing_is_sent_nothing", () => {
  const sent = [];
  class WebSocket extends EventTarget {
    static one;
    readyState = 1;
    constructor() {
      super();
      WebSocket.one = this;
    }
    send(text) {
      sent.push([this.readyState, text]);
    }
    close() {}
  }
  const closed = [];
  const transport = new Transport(WebSocket, "ws://broker", { closed: (how) => closed.push(how) });
  transport.send("open");
  WebSocket.one.readyState = 2;
  transport.send("closing");
  assert.deepEqual(closed, []); // the close event says how the socket ended
  WebSocket.one.readyState = 3;
  transport.send("closed");
  WebSocket.one.dispatchEvent(Object.assign(new Event("close"), { code: 4503, reason: "taken over" }));
  transport.send("over");
  assert.deepEqual(sent, [[1, "open"]]);
  assert.deepEqual(closed, [{ code: 4503, reason: "taken over" }]);
});
