#!/usr/bin/env python3
"""Makes docs/rules.md, which maps every rule of the specification to the tests that prove it.

A test proves the rules that its name begins with: `TEST_F(Topic, E6_E12_late_set_changes_nothing)`
counts for E6 and E12. Limits are S8; an error is proved by a test whose name has its code in it
behind a rule (`E3_the_257th_is_refused_too_many_keys`) or its number behind S10 (`S10_204_...`).

With --check nothing is written: it fails when the file is stale or a required rule has no test.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "docs" / "rules.md"

# The rules of the core, with a few words each. All but those in NOT_YET must have a test.
RULES = {
    "N1": "a put records a notification; its pack comes out as it went in",
    "N2": "no TTL means the default; arithmetic saturates",
    "N3": "a trace is 32 hex characters and carries its route",
    "N4": "at the cap the oldest queued notification is evicted, an offered one never",
    "N5": "a drain answers the live ones, oldest first, and empties the queue",
    "N6": "status answers a snapshot, to those whom it concerns",
    "N7": "a suit takes a reply, the last one stays",
    "N8": "an expired notification is gone at its instant; purge counts what expired",
    "N9": "pending counts queued and offered, never expired ones",
    "N10": "delivery in order of acceptance, also across reconnects",
    "N11": "offer and ack; what was not acknowledged comes again from the head",
    "N12": "states with their times, and receipts for a sender that asked",
    "N13": "a sender may await the reply to its suit",
    "N14": "a repeated put with the same message id stores nothing",
    "N15": "a newer notification with the same collapse key replaces a queued one",
    "N16": "a delayed notification is not offered early",
    "N17": "put_many: one pack, many targets, an outcome each",
    "N18": "memory is bounded; delivered records go first",
    "N19": "an absent client without anything to remember costs nothing",
    "E1": "set stores and publishes, after its checks in their order",
    "E2": "default and longest lease; setting again renews it",
    "E3": "at most 256 keys per client",
    "E4": "setting a foreign key transfers it",
    "E5": "clear removes an own key; a missing or foreign one is no error",
    "E6": "the end of a connection clears each of its keys exactly once",
    "E7": "an entry goes at the end of its lease",
    "E8": "list answers the live entries, sorted by key",
    "E9": "namespaces never mix",
    "E10": "events of a topic are numbered and seen in that order by all",
    "E11": "subscribe answers snapshot and start of the stream in one step",
    "E12": "what a dead connection said too late changes nothing",
    "E13": "keys stay through a resume window",
    "E14": "a slow subscriber misses events, then gets a snapshot",
    "E15": "a publisher hook sees every event; its failure is told, the change stays",
    "E16": "publish reaches the current subscribers, at most once",
    "C1": "connections come and go by epoch; an old one counts no more",
    "C2": "a newer connection takes over",
    "C3": "a silent connection is noticed within a bound",
    "C4": "a detached connection can be resumed",
    "C5": "watchers learn when a client comes and goes",
    "C6": "stopping drains, top down, and publishes no clears",
    "C7": "callbacks: no blocking, a throw ends only their connection",
    "D1": "with a data directory, what was answered is on disk",
    "D2": "a restart restores queues, traces, replies and deadlines",
    "D3": "a bad disk or file is a clear error, and nothing accepted is dropped",
    "D4": "the file can be inspected, and has a version",
    "T1": "all time is the actor clock's; same seed, same run",
    "T2": "the test kit: advance, settle, cut, shuffle",
    "T3": "an idle broker has no deadline and burns nothing",
    "W1": "events as JSON, names and order fixed",
    "W2": "list as JSON, names and order fixed",
    "W3": "requests and answers with their ids, one JSON object per message",
    "W4": "connect first, and every operation",
    "W5": "bad input is answered and harms nobody else",
    "W6": "close codes say whether to come again",
    "W7": "identity and rights by pattern",
    "W8": "HTTP beside the socket",
    "W9": "a CAF node: the same API, rules and errors for trusted peers",
    "S8": "every bound, at it and one past it",
}
NOT_YET: set[str] = set()

# Errors that the core and tokens lead to. The rest belong to transport and storage.
ERRORS = {
    100: "bad_frame",
    101: "unknown_op",
    102: "invalid_argument",
    103: "payload_too_large",
    104: "too_many_targets",
    200: "not_found",
    201: "not_a_suit",
    202: "stale_connection",
    203: "already_connected",
    204: "too_many_keys",
    205: "too_many_subscriptions",
    206: "too_many_watches",
    207: "target_full",
    208: "topic_full",
    209: "too_many_waiters",
    210: "timeout",
    300: "unauthenticated",
    301: "forbidden",
    302: "token_expired",
    303: "token_not_yet_valid",
    400: "overloaded",
    402: "shutting_down",
    403: "too_many_connections",
    404: "publisher_failed",
    405: "internal",
    406: "would_block",
    407: "unknown_outcome",
    408: "unreachable",
}

TEST = re.compile(r"^\s*(?:TYPED_)?TEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)
IDS = re.compile(r"((?:[NECTWD]\d+|S8|S10)_)+")


def find_tests():
    """All tests as (suite, name, file), in the order of their files."""
    tests = []
    for file in sorted((ROOT / "tests").rglob("*.cpp")):
        for suite, name in TEST.findall(file.read_text(encoding="utf-8")):
            tests.append((suite, name, file.relative_to(ROOT).as_posix()))
    return tests


def rules_of(name):
    match = IDS.match(name)
    return match.group(0).rstrip("_").split("_") if match else []


def proves_error(name, number, code):
    ids = rules_of(name)
    if not ids:
        return False
    words = f"_{name}_"
    return f"_{code}_" in words or ("S10" in ids and f"_{number}_" in words)


def cell(tests):
    """The tests of one rule for the table, one line per file."""
    by_file = {}
    for suite, name, file in tests:
        by_file.setdefault(file, []).append(f"`{suite}.{name}`")
    return "<br>".join(f"{file}: {', '.join(names)}" for file, names in by_file.items()) or "none"


def render(rows, errors, unknown):
    lines = [
        "# Rules and their tests",
        "",
        "Made by `scripts/rules.py` from the names of the tests; `scripts/check` fails when it is stale",
        "or a rule has no test.",
        "",
        "| rule | in short | tests |",
        "|---|---|---|",
    ]
    for rule, text in RULES.items():
        tests = "comes later" if rule in NOT_YET and not rows[rule] else cell(rows[rule])
        lines.append(f"| {rule} | {text} | {tests} |")
    lines += ["", "## Errors", "", "| number | code | tests |", "|---|---|---|"]
    for number, code in ERRORS.items():
        lines.append(f"| {number} | `{code}` | {cell(errors[number])} |")
    if unknown:
        lines += ["", "## Rules outside of this list", "", "| rule | tests |", "|---|---|"]
        lines += [f"| {rule} | {cell(unknown[rule])} |" for rule in sorted(unknown)]
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) > 2 or sys.argv[1:] not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    check = sys.argv[1:] == ["--check"]
    tests = find_tests()

    rows = {rule: [] for rule in RULES}
    unknown = {}
    for test in tests:
        for rule in rules_of(test[1]):
            if rule in rows:
                rows[rule].append(test)
            elif rule != "S10":
                unknown.setdefault(rule, []).append(test)
    errors = {
        number: [test for test in tests if proves_error(test[1], number, code)]
        for number, code in ERRORS.items()
    }

    text = render(rows, errors, unknown)
    missing = [rule for rule in RULES if rule not in NOT_YET and not rows[rule]]
    missing += [f"{number} {code}" for number, code in ERRORS.items() if not errors[number]]
    stale = not OUTPUT.exists() or OUTPUT.read_text(encoding="utf-8") != text
    if stale and not check:
        OUTPUT.parent.mkdir(exist_ok=True)
        OUTPUT.write_text(text, encoding="utf-8")
    if missing:
        print(f"rules: no test for {', '.join(missing)}")
    if check and stale:
        print("rules: docs/rules.md is stale, run scripts/rules.py")
    if check and (missing or stale):
        return 1
    proved = sum(1 for rule in RULES if rows[rule])
    print(f"rules: {proved} of {len(RULES)} rules have tests, {len(tests)} tests in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
