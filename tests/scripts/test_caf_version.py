"""cmake/FindCAF.cmake with installations of CAF that are made up: one series is taken, others are refused by name."""

import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RANGE = re.search(r"set\(RESTANTE_CAF_VERSION (\S+)\)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]

PROJECT = f"""cmake_minimum_required(VERSION 3.25)
project(one LANGUAGES CXX)
list(APPEND CMAKE_MODULE_PATH "{ROOT}/cmake")
find_package(CAF {RANGE} REQUIRED COMPONENTS core io)
message(STATUS "took ${{CAF_VERSION}} of ${{CAF_INCLUDE_DIR}}")
"""


class CafVersion(unittest.TestCase):

    def configure(self, header, text):
        """What CMake says where CAF's version is in `header`."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            caf = root / "caf-there"
            for path, content in {
                "include/caf/actor_system.hpp": "",
                f"include/caf/{header}": text,
                "lib/libcaf_core.a": "",
                "lib/libcaf_io.a": "",
            }.items():
                (caf / path).parent.mkdir(parents=True, exist_ok=True)
                (caf / path).write_text(content, encoding="utf-8")
            (root / "CMakeLists.txt").write_text(PROJECT, encoding="utf-8")
            done = subprocess.run(["cmake", "-S", root, "-B", root / "build", f"-DCAF_ROOT={caf}"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            return done.returncode, " ".join(done.stdout.split())

    def test_debian_s_series_is_taken(self):
        code, said = self.configure("config.hpp", "#define CAF_VERSION 1706\n")
        self.assertEqual(code, 0, said)
        self.assertIn("took 0.17.6 of", said)
        self.assertIn("caf-there/include", said)

    def test_a_later_series_is_refused_with_its_version_and_with_what_is_needed(self):
        for version, header, text in (
            ("0.18.0", "config.hpp", "#define CAF_VERSION 1800\n"),
            ("1.1.0", "detail/build_config.hpp",
             "#define CAF_VERSION_MAJOR 1\n#define CAF_VERSION_MINOR 1\n#define CAF_VERSION_PATCH 0\n"),
        ):
            with self.subTest(version):
                code, said = self.configure(header, text)
                self.assertNotEqual(code, 0)
                self.assertIn(f'Found unsuitable version "{version}"', said)
                self.assertIn("libcaf-dev", said)
                self.assertIn("CAF_ROOT", said)

    def test_an_earlier_release_is_refused(self):
        code, said = self.configure("config.hpp", "#define CAF_VERSION 1705\n")
        self.assertNotEqual(code, 0)
        self.assertIn('Found unsuitable version "0.17.5"', said)


if __name__ == "__main__":
    unittest.main()
