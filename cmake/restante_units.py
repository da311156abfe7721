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
THING = re.compile(r"(\w+)\s*(?:[({=;\[]|$)")
# `x.name`, `x->name`, `x::name`: a name that its prefix tells apart.
MEMBER = re.compile(r"(?:\.|->|\w::)\s*\w+")
# `auto name`, `const key& name`, `int* name`: an object of this file, which hides an object of the other file.
LOCAL = re.compile(r"(?<!return)(?<!throw)(?<!else)(?<!new)(?<=[\w>&*])\s*(?:(?<=[>&*])|\s)(\w+)\s*(?=[=({;,):])")
BINDING = re.compile(r"auto&?&? \[([\w, ]+)\]")


def kept_names(text: str) -> dict[str, set[str]]:
    """The names that are declared in the anonymous namespaces of a file, one at most per line. Each comes with
    the rest of its lines, which are the parameters if the name is a function's."""
    found: dict[str, set[str]] = {}
    depth = 0
    for line in text.split("\n"):
        if depth == 0:
            depth = int(line == "namespace {")
            continue
        top = depth == 1
        depth += line.count("{") - line.count("}")
        # The formatter puts a declaration at the start of a line, and the head of a template on its own line.
        if not top or not re.match(r"[\w:\[]", line) or re.match(r"[A-Z_]+\(|using [^=]*$|namespace \w+ =", line):
            continue
        line = re.sub(r"\w+::|\[\[\w+\]\]", "", line)
        for _ in range(4):
            line = re.sub(r"<[^<>]*>", "", line)
        match = KIND.match(line) or THING.search(line)
        if match and match.group(1) not in {"template", "namespace", "requires"}:
            found.setdefault(match.group(1), set()).add(line[match.end(1) :])
    return found


def used_names(text: str) -> set[str]:
    """The names by which a file may mean something that another file declares too."""
    text = MEMBER.sub(" ", text)
    locals_ = set(LOCAL.findall(text)) | set(re.findall(r"\w+", " ".join(BINDING.findall(text))))
    return set(re.findall(r"\w+", text)) - locals_


def collide(one: dict[str, set[str]], other: dict[str, set[str]], used: set[str]) -> bool:
    """Whether a name that `one` declares means something else in the other file, which uses `used`. Functions
    with different parameters are overloads."""
    for name in one.keys() & used:
        mine, theirs = one[name], other.get(name, {""})
        if mine & theirs or not all(rest.startswith("(") for rest in mine | theirs):
            return True
    return False


def units_of(most: int, sources: list[str]) -> list[int]:
    keeps, uses = [], []
    for source in sources:
        path = Path(source)
        text = NOISE.sub('""', path.read_text(encoding="utf-8")) if path.exists() else ""
        keeps.append(kept_names(text))
        uses.append(used_names(text) | set(keeps[-1]))

    units: list[list[int]] = [[] for _ in range(-(-len(sources) // most))]
    where = [0] * len(sources)
    # Sources with the most names of their own are placed first, because they are the hardest to place.
    for one in sorted(range(len(sources)), key=lambda i: -len(keeps[i])):
        free = [
            unit
            for unit in units
            if len(unit) < most
            and not any(
                collide(keeps[one], keeps[other], uses[other]) or collide(keeps[other], keeps[one], uses[one])
                for other in unit
            )
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
