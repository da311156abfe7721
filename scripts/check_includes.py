#!/usr/bin/env python3
"""Holds the direction of the includes: messages <- actors/model <- actors/protocol <- actors <- broker.

Also: every include of ours is spelled "restante/<path>", so that the tree and an installation read
the same; no CAF header in messages/ and actors/model/, but for type ids; no source asks for
CAF's version, since CMake takes one series only. Every file and folder that this script names exists.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Folder -> folders it may include. The longest matching prefix of a path counts.
PROTOCOL = ["messages", "actors/model", "actors/protocol"]
API = [*PROTOCOL, "broker/api", "broker/log"]
CORE = [*API, "actors", "broker/core"]
LAYERS = {
    "messages": ["messages"],
    "actors/model": ["messages", "actors/model"],
    "actors/protocol": PROTOCOL,
    "actors": [*PROTOCOL, "actors"],
    "broker/api": API,
    "broker/log": ["broker/log"],
    "broker/journal": ["messages", "actors/model", "broker/journal"],
    "broker/core": [*CORE, "broker/journal"],
    "broker/testing": [*CORE, "broker/testing"],
    "broker/sockets": ["broker/sockets"],
    "broker/gateway": [*CORE, "broker/sockets", "broker/gateway"],
    "broker/node": [*CORE, "broker/node"],
    "broker/server": [*CORE, "broker/journal", "broker/gateway", "broker/node", "broker/server"],
    "clients/cpp": [*API, "broker/sockets", "clients/cpp"],
    "broker/cli": [*API, "broker/journal", "broker/server", "clients/cpp", "broker/cli"],
    "broker/cli/demo": [*CORE, "broker/testing", "broker/cli/demo"],
    "broker/main.cpp": [*CORE, "broker/server", "broker/cli", "broker/cli/demo"],
    "examples": [*API, "actors", "broker/testing", "broker/node", "clients/cpp", "examples"],
}
# Not checked for direction: these folders may include everything.
OPEN = ["tests", "benchmarks"]

WITHOUT_CAF = [
    "messages", "actors/model", "broker/journal", "tests/messages", "tests/model", "tests/journal",
]
WITH_CAF = "tests/messages/caf/"  # round trips through CAF's own serializers
NODE_DIALECT = "actors/protocol/caf_node.hpp"  # CAF's network side; no header of the API includes it
TYPE_IDS = "messages/type_ids.hpp"  # the one header of messages/ that is CAF's business

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
VERSION = re.compile(r"\bCAF_(MAJOR_|MINOR_|PATCH_)?VERSION(_MAJOR|_MINOR|_PATCH)?\b")


def layer_of(path):
    """The longest entry of LAYERS that is `path` or a folder above it."""
    fits = [name for name in LAYERS if path == name or path.startswith(name + "/")]
    return max(fits, key=len, default=None)


def is_under(path, folders):
    return any(path.startswith(folder + "/") for folder in folders)


def is_without_caf(path):
    return is_under(path, WITHOUT_CAF) and not path.startswith(WITH_CAF) and path != TYPE_IDS


def check_include(path, bracket, target):
    """The rule that `path` breaks by including `target`, or None."""
    if target.startswith("caf/"):
        if is_without_caf(path):
            return "no CAF header may be included here"
        if target.endswith("/all.hpp") and not is_under(path, OPEN) and path != NODE_DIALECT:
            return "name the headers of CAF that are needed, not all of them"
        return None
    if not target.startswith("restante/"):
        if bracket == '"' or (ROOT / path).parent.joinpath(target).is_file():
            return f'write "restante/<path>/{target}"'
        return None
    ours = target.removeprefix("restante/")
    if is_without_caf(path) and ours == TYPE_IDS:
        return "type ids bring in CAF, which must not be included here"
    if bracket == "<" and not path.startswith("tests/install/"):
        return "our own headers are included with quotes"
    if path.startswith("tests/install/") or is_under(path, OPEN):
        return None
    if is_under(ours, OPEN):
        return f"nothing outside of {' and '.join(OPEN)} may include {ours}"
    allowed = LAYERS[layer_of(path)]
    if layer_of(ours) not in allowed:
        return f"{layer_of(path)} must not include {ours}"
    return None


def check_file(path):
    """Yields (line number, complaint) for each violation in `path`."""
    for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            complaint = check_include(path, *match.groups())
            if complaint:
                yield number, complaint
        code = line.split("//", 1)[0]
        if VERSION.search(code):
            yield number, "there is one CAF: no source asks for its version"


def missing_places():
    """Names in this script that do not exist in the tree: a rule for such a name would guard nothing."""
    named = {*LAYERS, *OPEN, *WITHOUT_CAF, WITH_CAF, TYPE_IDS, NODE_DIALECT}
    named.update(each for allowed in LAYERS.values() for each in allowed)
    return sorted(name for name in named if not (ROOT / name).exists())


def main():
    folders = sorted({name.split("/")[0] for name in LAYERS} | set(OPEN))
    bad = 0
    files = 0
    for name in missing_places():
        print(f"scripts/check_includes.py names {name}, which does not exist")
        bad += 1
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.[ch]pp")):
            path = file.relative_to(ROOT).as_posix()
            files += 1
            for number, complaint in check_file(path):
                print(f"{path}:{number}: {complaint}")
                bad += 1
    if bad:
        print(f"includes: {bad} wrong in {files} files")
        return 1
    print(f"includes: {files} files, all in order")
    return 0


if __name__ == "__main__":
    sys.exit(main())
