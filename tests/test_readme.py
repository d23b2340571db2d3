"""The page names only what is there; tests/check_readme.py checks its figures."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_file_and_heading_that_the_page_names_is_there():
    files = re.findall(r"`((?:\.?\w+/)*\w+\.(?:py|txt))`|\]\((\.?\w+/[^)]*)\)", PAGE)
    names = [name or link for name, link in files]
    assert len(names) > 5
    for name in names:
        assert (ROOT / name).is_file(), name
    headings = re.findall(r"^#+ (.*)", PAGE, re.MULTILINE)
    anchors = [re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings]
    for anchor in re.findall(r"\]\(#([^)]*)\)", PAGE):
        assert anchor in anchors, anchor


def test_the_page_counts_the_lines_of_each_file():
    rows = re.findall(r"^\| `(\w+\.py)` \| (\d+) \|", PAGE, re.MULTILINE)
    assert len(rows) == 3
    for name, lines in rows:
        assert len((ROOT / name).read_text().splitlines()) == int(lines)
