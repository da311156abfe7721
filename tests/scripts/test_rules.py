"""scripts/rules.py with a specification, errors and tests that are made up."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts/rules.py"

SPEC = """
| # | rule |
|---|---|
| N1 | A put is kept. Nothing else happens. **[seed]** |
| E2 | A lease ends. |

| number | code | retry | when |
|---|---|---|---|
| 401 | `storage_failed` | yes | N1 |
"""
ERRORS = "enum class errc {\n  none = 0,\n  storage_failed = 401,\n};\n"
TESTS = """
TEST(Puts, N1_one_is_kept) {}
TEST_F(Puts, N1_E2_both_at_once) {}
TEST(Puts, N1_S10_a_bad_disk_is_401) {}
TEST(Puts, whatever_else) {}
"""


class Rules(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        for folder in ("scripts", "docs", "messages", "tests/model"):
            (self.root / folder).mkdir(parents=True)
        shutil.copy(SCRIPT, self.root / "scripts")
        self.write("docs/spec.md", SPEC)
        self.write("messages/errc.hpp", ERRORS)
        self.write("tests/model/puts_test.cpp", TESTS)

    def write(self, path, text):
        (self.root / path).write_text(text, encoding="utf-8")

    def run_it(self, *arguments):
        done = subprocess.run([sys.executable, self.root / "scripts/rules.py", *arguments], stdout=subprocess.PIPE,
                              text=True, check=False)
        return done.returncode, done.stdout

    def page(self):
        return (self.root / "docs/rules.md").read_text(encoding="utf-8")

    def test_a_row_has_the_first_sentence_the_number_of_tests_and_their_files(self):
        self.assertEqual(self.run_it()[0], 0)
        self.assertIn("| N1 | A put is kept. | 3 | model/puts |\n", self.page())
        self.assertIn("| E2 | A lease ends. | 1 | model/puts |\n", self.page())
        self.assertIn("| 401 | `storage_failed` | 1 | model/puts |\n", self.page())

    def test_a_fresh_page_passes_the_check_and_a_stale_one_does_not(self):
        self.assertEqual(self.run_it("--check")[0], 1)
        self.run_it()
        self.assertEqual(self.run_it("--check")[0], 0)
        self.write("tests/model/puts_test.cpp", TESTS + "TEST(Puts, E2_one_more) {}\n")
        self.assertIn("stale", self.run_it("--check")[1])

    def test_a_rule_without_a_test_fails(self):
        self.write("docs/spec.md", SPEC + "\n| E3 | Keys are bounded. |\n")
        self.assertEqual(self.run_it(), (1, "rules: no test for E3\nrules: 3 rules, 1 errors, 4 tests\n"))

    def test_an_error_without_a_test_fails(self):
        self.write("tests/model/puts_test.cpp", TESTS.replace("401", "a_number"))
        self.assertIn("no test for 401", self.run_it()[1])

    def test_a_test_of_no_rule_fails(self):
        self.write("tests/model/puts_test.cpp", TESTS + "TEST(Puts, N1_N99_what) {}\n")
        status, said = self.run_it()
        self.assertEqual(status, 1)
        self.assertIn("model/puts_test.cpp: N1_N99_what names a rule", said)

    def test_an_error_that_only_the_code_has_fails(self):
        self.write("messages/errc.hpp", ERRORS.replace("};", "  internal = 405,\n};"))
        status, said = self.run_it()
        self.assertEqual(status, 1)
        self.assertIn("messages/errc.hpp differ: 405 internal", said)


if __name__ == "__main__":
    unittest.main()
