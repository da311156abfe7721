"""scripts/run_tests.py with a ctest project whose tests fail as they are told to."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


class Project:
    """Tests that are shell commands, each with a label; they may keep files in `state`."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.directory.name)
        self.lines = []

    def add(self, name, label, command):
        self.lines.append(f'add_test([=[{name}]=] "/bin/sh" "-c" [=[{command}]=])')
        self.lines.append(f'set_tests_properties([=[{name}]=] PROPERTIES LABELS "{label}" TIMEOUT 5)')

    def fails_times(self, name, label, times):
        """The test fails this many times, and passes after that. A file counts its runs."""
        count = self.root / (name.replace("/", "_") + ".runs")
        self.add(name, label, f"echo run >> {count}; [ $(wc -l < {count}) -gt {times} ]")

    def runs(self, name):
        return len((self.root / (name.replace("/", "_") + ".runs")).read_text().splitlines())

    def run(self):
        (self.root / "CTestTestfile.cmake").write_text("\n".join(self.lines) + "\n")
        done = subprocess.run([sys.executable, SCRIPTS / "run_tests.py", self.root / "summary", "--test-dir", self.root],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={k: v for k, v in os.environ.items() if not k.startswith("CTEST")}, check=False)
        return done.returncode, (self.root / "summary").read_text().splitlines()


class RunTests(unittest.TestCase):

    def setUp(self):
        self.project = Project()
        self.addCleanup(self.project.directory.cleanup)
        self.project.fails_times("Model.one", "pure", 0)

    def test_all_pass(self):
        self.assertEqual(self.project.run(), (0, ["100% tests passed, 0 tests failed out of 1"]))

    def test_one_with_real_time_that_fails_once_is_named_and_costs_nothing(self):
        self.project.fails_times("outside.stopping", "outside", 1)
        self.project.fails_times("Flow.one", "network", 0)
        self.assertEqual(self.project.run(),
                         (0, ["FLAKY, failed and passed when run once more: outside.stopping",
                              "100% tests passed, 0 tests failed out of 3"]))
        self.assertEqual([self.project.runs(name) for name in ("Model.one", "outside.stopping", "Flow.one")], [1, 2, 1])

    def test_each_layer_with_real_time(self):
        for layer in ("outside", "network", "remote", "browser", "js"):
            self.project.fails_times(f"{layer}.x", layer, 1)
        status, lines = self.project.run()
        self.assertEqual(status, 0)
        self.assertEqual(lines[0].count(".x"), 5)

    def test_one_of_a_series_with_a_parameter(self):
        count = self.project.root / "count"
        self.project.add('W9/Link.C1_x/node  # GetParam() = "node (of CAF)"', "remote",
                         f"echo run >> {count}; [ $(wc -l < {count}) -gt 1 ]")
        self.project.fails_times("W9/Link.C1_x", "remote", 0)
        self.assertEqual(self.project.run(),
                         (0, ["FLAKY, failed and passed when run once more: W9/Link.C1_x/node",
                              "100% tests passed, 0 tests failed out of 3"]))

    def test_a_second_failure_is_a_failure(self):
        self.project.fails_times("outside.stopping", "outside", 2)
        status, lines = self.project.run()
        self.assertNotEqual(status, 0)
        self.assertEqual(lines, ["50% tests passed, 1 tests failed out of 2"])
        self.assertEqual(self.project.runs("outside.stopping"), 2)

    def test_one_of_two_that_fails_again(self):
        self.project.fails_times("outside.stopping", "outside", 2)
        self.project.fails_times("js.views", "js", 1)
        status, lines = self.project.run()
        self.assertNotEqual(status, 0)
        self.assertEqual(lines, ["FLAKY, failed and passed when run once more: js.views",
                                 "66% tests passed, 1 tests failed out of 3"])

    def test_other_layers_are_never_run_twice(self):
        for layer in ("pure", "scenarios", "journal", "simulation", "fuzz", "soak", "install"):
            with self.subTest(layer):
                project = Project()
                self.addCleanup(project.directory.cleanup)
                project.fails_times("one", layer, 1)
                status, lines = project.run()
                self.assertNotEqual(status, 0)
                self.assertEqual(lines, ["0% tests passed, 1 tests failed out of 1"])
                self.assertEqual(project.runs("one"), 1)

    def test_nor_is_one_with_real_time_beside_another_that_failed(self):
        self.project.fails_times("outside.stopping", "outside", 1)
        self.project.fails_times("Broker.one", "scenarios", 1)
        status, lines = self.project.run()
        self.assertNotEqual(status, 0)
        self.assertEqual(lines, ["33% tests passed, 2 tests failed out of 3"])
        self.assertEqual(self.project.runs("outside.stopping"), 1)

    def test_many_failures_are_no_accident(self):
        for number in range(11):
            self.project.fails_times(f"Flow.n{number}", "network", 1)
        status, lines = self.project.run()
        self.assertNotEqual(status, 0)
        self.assertEqual(lines, ["8% tests passed, 11 tests failed out of 12"])

    def test_ten_are_run_once_more(self):
        for number in range(10):
            self.project.fails_times(f"Flow.n{number}", "network", 1)
        self.assertEqual(self.project.run()[0], 0)

    def test_one_that_crashes_and_one_that_takes_too_long(self):
        first = "f={0}/{1}; [ -e $f ] || {{ touch $f; {2}; }}"
        self.project.add("Flow.crash", "network", first.format(self.project.root, "crash", "kill -SEGV $$"))
        self.project.add("js.slow", "js", first.format(self.project.root, "slow", "exec sleep 60"))
        self.assertEqual(self.project.run(),
                         (0, ["FLAKY, failed and passed when run once more: Flow.crash, js.slow",
                              "100% tests passed, 0 tests failed out of 3"]))

    def test_what_was_skipped_inside_a_test_is_told(self):
        self.project.add("browser.page", "browser", "echo '# pass 0'; echo '# skipped 12'; echo '# fail 0'")
        self.project.add("js.views", "js", "echo '# pass 3'; echo '# skipped 0'")
        self.project.add("outside.node", "outside", "echo 'OK (skipped=2)'")
        self.project.add("Link.one", "remote", "exit 77")
        self.project.lines.append("set_tests_properties(Link.one PROPERTIES SKIP_RETURN_CODE 77)")
        self.assertEqual(self.project.run(), (0, ["skipped: Link.one, browser.page (12), outside.node (2)",
                                                  "100% tests passed, 0 tests failed out of 5"]))

    def test_no_tests_is_no_success(self):
        project = Project()
        self.addCleanup(project.directory.cleanup)
        status, lines = project.run()
        self.assertNotEqual(status, 0)
        self.assertEqual(lines, ["no result"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
