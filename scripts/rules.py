#!/usr/bin/env python3
"""Makes docs/rules.md: each rule and each error of docs/spec.md, with the tests that prove it.

A test proves the rules that its name begins with: `TEST_F(Topic, E6_E12_late_set_changes_nothing)`
counts for E6 and E12. An error is proved by a test whose name has a rule and then the code
(`E3_the_257th_is_refused_too_many_keys`), or S10 and then the number (`S10_204_...`).

With --check nothing is written. The script fails when docs/rules.md is stale, when a rule or an
error has no test, when a test names a rule that the specification does not have, and when the
errors of the specification are not those of messages/errc.hpp.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "docs" / "spec.md"
OUTPUT = ROOT / "docs" / "rules.md"
ERRC = ROOT / "messages" / "errc.hpp"

RULE_ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+) \|$", re.M)
ERROR_ROW = re.compile(r"^\| (\d{3}) \| `(\w+)` \|", re.M)
ERROR_CODE = re.compile(r"^\s*(\w+) = (\d{3}),", re.M)
TEST = re.compile(r"^\s*(?:TYPED_)?TEST(?:_F|_P)?\s*\(\s*\w+\s*,\s*(\w+)\s*\)", re.M)
PREFIX = re.compile(r"(?:[A-Z]\d+_)+")
SENTENCE_MAX = 110


def find_tests():
    """All tests as (name, file), in the order of their files."""
    return [
        (name, file.relative_to(ROOT / "tests").as_posix())
        for file in sorted((ROOT / "tests").rglob("*.cpp"))
        for name in TEST.findall(file.read_text(encoding="utf-8"))
    ]


def rules_of(name):
    prefix = PREFIX.match(name)
    return prefix.group(0).rstrip("_").split("_") if prefix else []


def proves_error(name, number, code):
    words = f"_{name}_"
    return bool(rules_of(name)) and (
        f"_{code}_" in words or ("S10" in rules_of(name) and f"_{number}_" in words)
    )


def shortened(text):
    """The first sentence of a rule, shortened to the width of a table's cell."""
    sentence = re.split(r"(?<=\.) ", text.replace(" **[seed]**", ""))[0]
    if len(sentence) > SENTENCE_MAX:
        sentence = sentence[:SENTENCE_MAX].rsplit(" ", 1)[0] + " …"
    return sentence + "`" * (sentence.count("`") % 2) + "**" * (sentence.count("**") % 2)


def row(first, second, tests):
    files = {file: None for _, file in tests}
    places = ", ".join(file.removesuffix(".cpp").removesuffix("_test") for file in files)
    return f"| {first} | {second} | {len(tests)} | {places} |"


def render(rules, errors, proofs):
    return "\n".join([
        "# Rules and their tests",
        "",
        "Made by `scripts/rules.py` from [spec.md](spec.md) and from the names of the tests. `scripts/check`",
        "fails when this page is stale or a rule has no test. To see the tests of one rule:",
        "`ctest --preset dev -N -R '[._]E6_'`. The files are below `tests/`, without `_test.cpp`.",
        "",
        "| rule | begins with | tests | where |",
        "|---|---|---|---|",
        *(row(rule, shortened(text), proofs[rule]) for rule, text in rules.items()),
        "",
        "| error | code | tests | where |",
        "|---|---|---|---|",
        *(row(number, f"`{code}`", proofs[number]) for number, code in errors.items()),
    ]) + "\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    spec = SPEC.read_text(encoding="utf-8")
    rules, errors = dict(RULE_ROW.findall(spec)), dict(ERROR_ROW.findall(spec))
    tests = find_tests()
    proofs = {rule: [test for test in tests if rule in rules_of(test[0])] for rule in rules}
    for number, code in errors.items():
        proofs[number] = [test for test in tests if proves_error(test[0], number, code)]

    wrong = [f"no test for {name}" for name, proving in proofs.items() if not proving]
    known = {*rules, "S10"}
    wrong += [f"{file}: {name} names a rule that docs/spec.md does not have"
              for name, file in tests if not known.issuperset(rules_of(name))]
    in_code = {number: code for code, number in ERROR_CODE.findall(ERRC.read_text(encoding="utf-8"))}
    if in_code != errors:
        differ = sorted({f"{number} {code}" for number, code in in_code.items() ^ errors.items()})
        wrong.append(f"docs/spec.md and messages/errc.hpp differ: {', '.join(differ)}")
    page = render(rules, errors, proofs)
    if sys.argv[1:] == []:
        OUTPUT.write_text(page, encoding="utf-8")
    elif not OUTPUT.exists() or OUTPUT.read_text(encoding="utf-8") != page:
        wrong.append("docs/rules.md is stale, run scripts/rules.py")

    for what in wrong:
        print(f"rules: {what}")
    print(f"rules: {len(rules)} rules, {len(errors)} errors, {len(tests)} tests")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
