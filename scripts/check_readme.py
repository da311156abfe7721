#!/usr/bin/env python3
"""Checks that the program in README.md is the one in examples/first_look.cpp, to the letter."""

import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
shown = re.search(r"```cpp\n(.*?)```", (root / "README.md").read_text(), re.S)
built = (root / "examples/first_look.cpp").read_text()
if not shown or shown.group(1) != built:
    sys.exit("README.md does not show examples/first_look.cpp as it is")
