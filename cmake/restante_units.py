#!/usr/bin/env python3
"""Distributes sources over units that are each compiled as one: restante_units.py MAX SOURCE…

Prints the number of the unit of each source, as a CMake list. The files of a unit share their anonymous
namespace. So two files get different units if one declares a name there that means something else in the
other. A unit has at most MAX files.
"""
import re
import sys
from pathlib import Path

NOISE = re.compile(
    r"""R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.[^'\n]*|[^'\\\n])'|//[^\n]*|/\*.*?\*/""", re.DOTALL
)
KIND = re.compile(r"(?:struct|class|enum class|enum|union|using)\s+(\w+)\b(?!::)")
ALIAS = re.compile(r"^namespace (\w+) = ([\w:]+);", re.MULTILINE)
THING = re.compile(r"(\w+)\s*(?:[({=;\[]|$)")
# `x.name`, `x->name`, `x::name`: a name that its prefix tells apart.
MEMBER = re.compile(r"(?:\.|->|(?<=\w)::)\s*\w+")
# `auto name`, `const key& name`, `int* name`: an object of this file, which hides an object of the other file.
LOCAL = re.compile(r"(?<!return)(?<!throw)(?<!else)(?<!new)(?<=[\w>&*])\s*(?:(?<=[>&*])|\s)(\w+)\s*(?=[=({;,):])")
BINDING = re.compile(r"auto&?&? \[([\w, ]+)\]")


def kept_names(text: str) -> set[str]:
    """The names that are declared in the anonymous namespaces of a file, one at most per line; no aliases of
    namespaces."""
    found = set()
    depth = 0
    for line in text.split("\n"):
        if depth == 0:
            depth = int(line == "namespace {")
            continue
        top = depth == 1
        depth += line.count("{") - line.count("}")
        # The formatter puts a declaration at the start of a line, and the head of a template on its own line.
        if not top or not re.match(r"[\w:\[]", line) or re.match(r"[A-Z_]+\(|using [^=]*$", line) or ALIAS.match(line):
            continue
        line = re.sub(r"\w+::|\[\[\w+\]\]", "", line)
        for _ in range(4):
            line = re.sub(r"<[^<>]*>", "", line)
        match = KIND.match(line) or THING.search(line)
        if match:
            found.add(match.group(1))
    return found - {"template", "namespace", "requires"}


def used_names(text: str) -> set[str]:
    """The names by which a file may mean something that another file declares too."""
    text = MEMBER.sub(" ", text)
    locals_ = set(LOCAL.findall(text)) | set(re.findall(r"\w+", " ".join(BINDING.findall(text))))
    return set(re.findall(r"\w+", text)) - locals_


class Names:
    """What one file declares for itself alone, and what it uses."""

    def __init__(self, text: str):
        self.kept = kept_names(text)
        self.aliases = set(ALIAS.findall(text))
        self.used = used_names(text) | self.kept | {name for name, _ in self.aliases}

    def disturbs(self, other: "Names") -> bool:
        """Whether a name that this file declares means something else in the other file. Two files may give a
        namespace the same alias."""
        return bool(self.kept & other.used) or any(
            name in other.used for name, _ in self.aliases - other.aliases
        )


def units_of(most: int, sources: list[str]) -> list[int]:
    names = []
    for source in sources:
        path = Path(source)
        names.append(Names(NOISE.sub('""', path.read_text(encoding="utf-8")) if path.exists() else ""))

    units: list[list[int]] = [[] for _ in range(-(-len(sources) // most))]
    where = [0] * len(sources)
    # Sources with the most names of their own are placed first, because they are the hardest to place.
    for one in sorted(range(len(sources)), key=lambda i: -len(names[i].kept)):
        free = [
            unit
            for unit in units
            if len(unit) < most
            and not any(names[one].disturbs(names[other]) or names[other].disturbs(names[one]) for other in unit)
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
