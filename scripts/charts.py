#!/usr/bin/env python3
"""Draws the charts of docs/performance.md: each marked table becomes an SVG file beside it.

A line `<!-- chart: NAME.svg -->` stands above a table of three columns: what was measured, and two
figures. With --check nothing is written; it fails when a chart is not that of its table.
"""

import re
import sys
from html import escape
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "performance.md"
MARKED = re.compile(r"<!-- chart: (\S+) -->\n((?:\|.*\n)+)")

WIDTH, LEFT, BAR, GAP = 780, 350, 18, 14
COLORS = ("#9a9a94", "#2d7060")


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def text(x, y, words, style=""):
    return f'<text x="{x:g}" y="{y:g}"{style}>{escape(words)}</text>'


def draw(table):
    """One group of two bars for each row. All bars share one scale that begins at 0."""
    (title, *names), _, *rows = map(cells, table.splitlines())
    longest = max(float(figure) for row in rows for figure in row[1:])
    top = 62
    parts = [text(12, 24, title, ' font-weight="bold"')]
    for column, name in enumerate(names):
        x = 12 + 200 * column
        parts.append(f'<rect x="{x}" y="36" width="12" height="12" fill="{COLORS[column]}"/>')
        parts.append(text(x + 18, 47, name))
    for number, (label, *figures) in enumerate(rows):
        y = top + number * (2 * BAR + GAP)
        parts.append(text(LEFT - 8, y + BAR + 5, label, ' text-anchor="end"'))
        for column, figure in enumerate(figures):
            width = (WIDTH - LEFT - 60) * float(figure) / longest
            at = y + column * BAR
            parts.append(f'<rect x="{LEFT}" y="{at}" width="{width:.1f}" height="{BAR - 2}" fill="{COLORS[column]}"/>')
            parts.append(text(round(LEFT + width + 6, 1), at + BAR - 5, figure))
    height = top + len(rows) * (2 * BAR + GAP)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="13" fill="#222">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *parts,
        "</svg>",
    ]) + "\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    charts = {DOCS / name: draw(table) for name, table in MARKED.findall(PAGE.read_text(encoding="utf-8"))}
    if sys.argv[1:] == []:
        for file, drawn in charts.items():
            file.write_text(drawn, encoding="utf-8")
    stale = [file.name for file, drawn in charts.items()
             if not file.exists() or file.read_text(encoding="utf-8") != drawn]
    if stale or not charts:
        print(f"charts: run scripts/charts.py, stale: {', '.join(stale) or 'no table is marked'}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
