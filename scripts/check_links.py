#!/usr/bin/env python3
"""Checks the links between the pages of this repository: each file and each heading must exist."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["*.md", "docs/**/*.md", "clients/*/*.md", "examples/**/*.md"]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def prose(page):
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)


def anchors(page):
    """The headings in the form that GitHub uses in addresses."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.M)
    plain = (re.sub(r"[`*]", "", heading).strip().lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def broken_links(page):
    for target in LINK.findall(prose(page)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        to = (page.parent / path).resolve() if path else page
        if not to.exists() or (anchor and to.suffix == ".md" and anchor not in anchors(to)):
            yield target


def main():
    pages = sorted({page for pattern in PAGES for page in ROOT.glob(pattern)})
    broken = [(page.relative_to(ROOT), target) for page in pages for target in broken_links(page)]
    for page, target in broken:
        print(f"{page}: there is no {target}")
    print(f"links: {len(pages)} pages, {len(broken)} broken links")
    return 1 if broken or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
