#!/usr/bin/env python3
"""Runs ctest, and once more what may have failed by chance.

usage: scripts/run_tests.py SUMMARY CTEST-ARGUMENT...

Tests of the layers with real processes, sockets and time (`REAL_TIME`) depend on what else the machine does. When only
such tests failed, and few, they are run once more, alone; the run has passed when they pass then. All other layers are
never run twice. SUMMARY is a file that gets the last lines for people: which tests were flaky, which had skipped parts,
and ctest's closing line. The exit status is ctest's.
"""

import json
import math
import pathlib
import re
import subprocess
import sys

REAL_TIME = {"outside", "network", "remote", "browser", "js"}

# More failures than these are not chance, and repeating them would take long.
RERUN_MAX = 10

CLOSING = re.compile(r"^(\d+)% tests passed, (\d+) tests failed out of (\d+)$", re.M)


def ctest(arguments):
    """Runs ctest and shows its output; returns its exit status and the output."""
    process = subprocess.Popen(["ctest", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               errors="replace")
    said = []
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        said.append(line)
    return process.wait(), "".join(said)


def layers_of(arguments):
    """The labels of each test, and the directory of the build."""
    listed = subprocess.run(["ctest", *arguments, "--show-only=json-v1"], stdout=subprocess.PIPE, text=True, check=True)
    found = {}
    for test in json.loads(listed.stdout)["tests"]:
        labels = [each["value"] for each in test.get("properties", []) if each["name"] == "LABELS"]
        found[test["name"]] = set(labels[0]) if labels else set()
    return found


def failed_tests(said, names):
    """The `names` that ctest lists under "The following tests FAILED:". A name may contain spaces and brackets."""
    at = said.rfind("The following tests FAILED:")
    lines = re.findall(r"^\s*\d+ - (.*)$", said[at:], re.M) if at >= 0 else []
    return [name for line in lines for name in names if line.startswith(name + " (")]


def short(name):
    """The name without the parameter text that GoogleTest adds."""
    return name.split("  # ")[0]


def may_be_accidents(failed, layers):
    return 0 < len(failed) <= RERUN_MAX and all(layers.get(name, set()) & REAL_TIME for name in failed)


def skipped_parts(log):
    """The number of skipped parts per test. Node's and Python's test runners do not report skipped parts as failures."""
    found = {}
    for section in re.split(r"^\d+/\d+ Testing: ", log, flags=re.M)[1:]:
        name = section.splitlines()[0]
        parts = re.findall(r"^(?:#|ℹ) skipped ([1-9]\d*)$|^(?:OK|FAILED) \(.*skipped=(\d+)\)$", section, re.M)
        count = sum(int(a or b) for a, b in parts)
        if count:
            found[short(name)] = count
    return found


def closing_line(failed, total):
    return f"{math.floor(100 * (total - failed) / total)}% tests passed, {failed} tests failed out of {total}"


def last_log(said):
    """ctest's own log of the run, which also has the output of passed tests."""
    where = re.search(r"^Test project (.*)$", said, re.M)
    log = pathlib.Path(where.group(1)) / "Testing/Temporary/LastTest.log" if where else None
    return log.read_text(errors="replace") if log and log.exists() else ""


def run(arguments):
    """Returns the exit status and the lines of the summary."""
    status, said = ctest(arguments)
    closing = CLOSING.search(said)
    lines = []
    skipped = [f"{name} ({count})" for name, count in skipped_parts(last_log(said)).items()]
    skipped += [short(name) for name in re.findall(r"^\s*\d+ - (.*) \((?:Skipped|Disabled)\)", said, re.M)]
    if skipped:
        lines.append("skipped: " + ", ".join(sorted(skipped)))
    if closing is None:
        return status or 1, lines + ["no result"]
    if status == 0:
        return 0, lines + [closing.group(0)]
    layers = layers_of(arguments)
    failed, total = failed_tests(said, layers), int(closing.group(3))
    if len(failed) != int(closing.group(2)) or not may_be_accidents(failed, layers):
        return status, lines + [closing.group(0)]

    print(f"\nrun once more, for they may have failed by chance: {', '.join(map(short, failed))}\n", flush=True)
    again, said_again = ctest(["--rerun-failed", *arguments])
    still = failed_tests(said_again, layers)
    if again != 0 and not still:
        return again, lines + [closing.group(0)]
    flaky = sorted(set(failed) - set(still))
    if flaky:
        lines.append("FLAKY, failed and passed when run once more: " + ", ".join(map(short, flaky)))
    return again, lines + [closing_line(len(still), total)]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    status, lines = run(sys.argv[2:])
    pathlib.Path(sys.argv[1]).write_text("\n".join(lines) + "\n")
    sys.exit(status)


if __name__ == "__main__":
    main()
