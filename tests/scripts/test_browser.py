"""The browser tests on a machine without a browser: they are skipped, but in CI they fail."""

import os
import pathlib
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run_without_browser(**more):
    clean = {name: value for name, value in os.environ.items() if name != "REQUIRE_BROWSER"}
    done = subprocess.run([shutil.which("node"), "--test", "--test-reporter=tap", "tests/browser/page.test.mjs"], cwd=ROOT,
                          env={**clean, "RESTANTE_CHROMIUM": "/nowhere/chromium", **more}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


class Browser(unittest.TestCase):
    def test_without_one_its_tests_are_skipped(self):
        status, said = run_without_browser()
        self.assertEqual(status, 0, said)
        self.assertRegex(said, "# skipped [1-9]")

    def test_in_ci_they_fail(self):
        status, said = run_without_browser(REQUIRE_BROWSER="1")
        self.assertNotEqual(status, 0, said)
        self.assertNotRegex(said, "# skipped [1-9]")
        self.assertIn("REQUIRE_BROWSER=1", (ROOT / ".ci/run").read_text())


if __name__ == "__main__":
    unittest.main()
