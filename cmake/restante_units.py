#!/usr/bin/env python3
"""Deals sources out to units that are compiled as one: restante_units.py MAX SOURCE…

Prints the number of each source's unit, as a CMake list. The files of a unit share their anonymous
namespace, so none meets another that uses a name it keeps there; MAX bounds the size of a unit.
"""
import re
import sys
from pathlib import Path

NOISE = re.compile(
    r"""R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.[^'\n]*|[^'\\\n])'|//[^\n]*|/\*.*?\*/""", re.DOTALL
)
KIND = re.compile(r"(?:struct|class|enum class|enum|union|using)\s+(\w+)\b(?!::)")
THING = re.compile(r"(\w+)\s*(?:[({=;\[]|$)")
MEMBER = re.compile(r"(?:\.|->)\s*\w+")
# `auto name`, `const key& name`, `int* name`: an object of this file, which hides another object of that
# name.
LOCAL = re.compile(r"(?<!return)(?<!throw)(?<!else)(?<!new)(?<=[\w>&*])\s*(?:(?<=[>&*])|\s)(\w+)\s*(?=[=({;,):])")
BINDING = re.compile(r"auto&?&? \[([\w, ]+)\]")


def kept_names(text: str) -> set[str]:
    """The names that are declared in the anonymous namespaces of a file, one at most per line."""
    found = set()
    depth = 0
    for line in text.split("\n"):
        if depth == 0:
            depth = int(line == "namespace {")
            continue
        top = depth == 1
        depth += line.count("{") - line.count("}")
        # The formatter puts a declaration at the start of a line, and the head of a template on its own line.
        if not top or not re.match(r"[\w:\[]", line) or re.match(r"[A-Z_]+\(|using [^=]*$", line):
            continue
        line = re.sub(r"\w+::|\[\[\w+\]\]", "", line)
        for _ in range(4):
            line = re.sub(r"<[^<>]*>", "", line)
        match = KIND.match(line) or THING.search(line)
        if match:
            found.add(match.group(1))
    return found - {"template", "namespace", "requires"}


def used_names(text: str) -> set[str]:
    """The names that a file might mean something by that another file declares."""
    text = MEMBER.sub(" ", text)
    locals_ = set(LOCAL.findall(text)) | set(re.findall(r"\w+", " ".join(BINDING.findall(text))))
    return set(re.findall(r"\w+", text)) - locals_


def units_of(most: int, sources: list[str]) -> list[int]:
    keeps, uses = [], []
    for source in sources:
        path = Path(source)
        text = NOISE.sub('""', path.read_text(encoding="utf-8")) if path.exists() else ""
        keeps.append(kept_names(text))
        uses.append(used_names(text) | keeps[-1])

    units: list[list[int]] = [[] for _ in range(-(-len(sources) // most))]
    where = [0] * len(sources)
    # Sources with the most names of their own are placed first, because they are the hardest to place.
    for one in sorted(range(len(sources)), key=lambda i: -len(keeps[i])):
        free = [
            unit
            for unit in units
            if len(unit) < most
            and not any(keeps[one] & uses[other] or keeps[other] & uses[one] for other in unit)
        ]
        if not free:
            units.append([])
            free = [units[-1]]
        unit = min(free, key=len)
        unit.append(one)
        where[one] = units.index(unit)
    return where


if __name__ == "__main__":
    print(";".join(map(str, units_of(int(sys.argv[1]), sys.argv[2:]))), end="")
