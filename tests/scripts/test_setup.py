"""scripts/setup with package lists that are made up: what it asks apt-get to install."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# As dpkg-query -W with the formats that the script uses: `installed` holds a line per package.
DPKG_QUERY = """#!/bin/bash
format=$3 pattern=$4
while read -r package depends; do
  [[ $package == $pattern ]] || continue
  case $format in
    *Status*) printf installed ;;
    *Depends*) printf '%s' "$depends" ;;
    *) echo "$package" ;;
  esac
  found=1
done <"$FAKE/installed"
[[ -n ${found:-} ]]
"""

# The lists are empty until `apt-get update`, as on a machine that was just made.
APT_CACHE = """#!/bin/bash
[[ -e $FAKE/updated ]] || exit 0
case $1 in
  pkgnames) grep "^$2" "$FAKE/released" ;;
  show) echo "Package: clang"; echo "Depends: $(cat "$FAKE/clang")" ;;
esac
"""

APT_GET = """#!/bin/bash
echo "$*" >>"$FAKE/asked"
[[ $1 != update ]] || touch "$FAKE/updated"
"""

SUDO = """#!/bin/bash
exec "$@"
"""

# Fails as often as the file `failures` has lines; `npm-runs` has a line for each run.
NPM = """#!/bin/bash
echo "$*" >>"$FAKE/npm-runs"
[[ $(wc -l <"$FAKE/npm-runs") -gt $(wc -l <"$FAKE/failures") ]]
"""

NO_SLEEP = """#!/bin/bash
"""


class Machine:
    """A machine with these packages installed, of a release with these Boost packages and a browser driver."""

    def __init__(self, boost, clang="clang-19 (>= 19~)", installed=(), driver="1.2.3", npm_failures=0):
        self.directory = tempfile.TemporaryDirectory()
        root = pathlib.Path(self.directory.name)
        self.fake = root / "fake"
        (root / "scripts").mkdir()
        self.fake.mkdir()
        shutil.copy(ROOT / "scripts/setup", root / "scripts/setup")
        shutil.copy(ROOT / "CMakeLists.txt", root / "CMakeLists.txt")
        (root / "tests/browser/node_modules/playwright-core").mkdir(parents=True)
        (root / "tests/browser/node_modules/playwright-core/package.json").write_text(f'{{"version": "{driver}"}}')
        (root / "tests/browser/package.json").write_text('{"devDependencies": {\n"playwright-core": "1.2.3"\n}}')
        for name, text in (("dpkg-query", DPKG_QUERY), ("apt-cache", APT_CACHE), ("apt-get", APT_GET), ("sudo", SUDO),
                           ("npm", NPM), ("sleep", NO_SLEEP)):
            (self.fake / name).write_text(text)
            (self.fake / name).chmod(0o755)
        (self.fake / "released").write_text("".join(f"libboost-url{version}-dev\n" for version in boost))
        (self.fake / "clang").write_text(clang + "\n")
        (self.fake / "failures").write_text("failed\n" * npm_failures)
        (self.fake / "installed").write_text("".join(package + "\n" for package in installed))
        self.script = root / "scripts/setup"

    def setup(self, *arguments):
        """The script's status, its output, and what it asked apt-get to install; None: nothing."""
        done = subprocess.run([self.script, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={"PATH": f"{self.fake}:{os.environ['PATH']}", "FAKE": str(self.fake)}, check=False)
        asked = self.fake / "asked"
        lines = asked.read_text().splitlines() if asked.exists() else []
        installs = [line.split() for line in lines if line.startswith("install")]
        return done.returncode, done.stdout, installs[0] if installs else None

    def npm_runs(self):
        runs = self.fake / "npm-runs"
        return runs.read_text().splitlines() if runs.exists() else []


class Setup(unittest.TestCase):

    def machine(self, *arguments, **how):
        made = Machine(*arguments, **how)
        self.addCleanup(made.directory.cleanup)
        return made

    def boost_of(self, *versions, **how):
        status, said, packages = self.machine(versions, **how).setup()
        self.assertEqual(status, 0, said)
        return sorted(package for package in packages if "boost" in package)

    def test_debian_12_has_1_81_beside_an_older_default(self):
        self.assertEqual(self.boost_of("1.81"), ["libboost-url1.81-dev", "libboost1.81-dev"])

    def test_debian_13_has_1_83_and_1_88(self):
        self.assertEqual(self.boost_of("", "1.88", "1.83"), ["libboost-url1.83-dev", "libboost1.83-dev"])

    def test_versions_are_numbers_and_no_text(self):
        self.assertEqual(self.boost_of("1.9", "1.100", "1.82"), ["libboost-url1.82-dev", "libboost1.82-dev"])
        self.assertEqual(self.boost_of("1.80", "1.100"), ["libboost-url1.100-dev", "libboost1.100-dev"])

    def test_one_that_is_installed_is_kept(self):
        have = ("libboost-url1.88-dev", "libboost1.88-dev")
        self.assertEqual(self.boost_of("1.83", "1.88", installed=have), [])

    def test_one_that_is_too_old_is_not(self):
        have = ("libboost-url1.80-dev", "libboost1.80-dev")
        self.assertEqual(self.boost_of("1.83", installed=have), ["libboost-url1.83-dev", "libboost1.83-dev"])

    def test_a_release_without_any_is_told_so(self):
        status, said, packages = self.machine(("1.74", "1.80")).setup()
        self.assertNotEqual(status, 0)
        self.assertIn("no libboost-url of version 1.81 or later", said)
        self.assertIsNone(packages)

    def test_the_sanitizers_are_those_of_the_release_s_clang(self):
        for depends, expected in (("clang-14 (>= 14~)", "libclang-rt-14-dev"), ("clang-19", "libclang-rt-19-dev"),
                                  ("libc6, clang-22 (>= 22~), llvm-22", "libclang-rt-22-dev")):
            packages = self.machine(("1.83",), clang=depends).setup("--tests")[2]
            self.assertEqual([name for name in packages if "clang-rt" in name], [expected])

    def test_when_all_is_there_it_only_looks(self):
        first = self.machine(("1.83",))
        wanted = first.setup("--tests")[2]
        have = [name for name in wanted if re.match("^[a-z]", name) and name != "install"]
        have[have.index("clang")] = "clang clang-19 (>= 19~)"
        again = self.machine(("1.83",), installed=have)
        status, said, packages = again.setup("--tests")
        self.assertEqual((status, said, packages), (0, "setup: everything is installed\n", None))
        self.assertFalse((again.fake / "asked").exists(), "it asked apt-get for something")
        self.assertEqual(again.npm_runs(), [])

    def test_a_driver_of_another_version_is_replaced(self):
        machine = self.machine(("1.83",), driver="1.2.2")
        machine.setup("--tests")
        self.assertEqual(machine.npm_runs(), ["ci --prefix tests/browser --no-audit --no-fund"])
        self.assertEqual(self.machine(("1.83",), driver="1.2.2").setup()[0], 0)

    def test_a_registry_that_does_not_answer_is_asked_three_times(self):
        slow = self.machine(("1.83",), driver="", npm_failures=2)
        status, said, _ = slow.setup("--tests")
        self.assertEqual((status, len(slow.npm_runs())), (0, 3))
        self.assertNotIn("could not be installed", said)
        gone = self.machine(("1.83",), driver="", npm_failures=3)
        status, said, _ = gone.setup("--tests")
        self.assertEqual((status, len(gone.npm_runs())), (0, 3))
        self.assertIn("playwright-core could not be installed", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
