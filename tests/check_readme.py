"""The page is a transcript: what stands under a program is what it prints.

`pytest tests/check_readme.py` takes minutes, so `pytest` alone leaves it out.
"""

import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"\d+\.\d+|\d+e-\d+")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
# What no program prints: versions, an address, arguments, roundings, wrong penalties.
NOT_PRINTED = [
    "3.11 to 3.14",
    "1412.6980",
    "rate, 0.001",
    "test_size=0.2",
    "betas 0.9 and 0.999; a step is 0.001 * m / (sqrt(v) + 1e-8)",
    "take 1e-9,",
    "1e-6 in float32 and in Keras, and to 1e-12 in float64",
    "1.25349 without `abs`, 1.26025 with a penalty above the target only, 1.45328",
]
PICTURES = re.findall(r"\]\(\.github/(.*)\)", PAGE)
STEPS = []
for (kind, program), (next_kind, output) in itertools.pairwise(BLOCK.findall(PAGE)):
    if kind in ("sh", "python"):
        assert next_kind == "text", f"the page has no output of {program}"
        STEPS.append((kind, program, output))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project, and what each step printed there, run in order."""
    copy = tmp_path_factory.mktemp("page") / "project"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "*.png"))
    where = {"cwd": copy, "env": {**os.environ, "MPLBACKEND": "agg"}, "text": True}
    outputs = []
    for kind, program, _ in STEPS:
        # The gate itself makes the environment, and runs the tests.
        commands = re.findall("python (.*)", program) if kind == "sh" else ["-"]
        run = [[sys.executable, *command.split()] for command in commands]
        printed = [subprocess.check_output(c, input=program, **where) for c in run]
        outputs.append("".join(printed))
    return copy, outputs


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_a_step_prints_what_stands_under_it(number, project):
    expected, found = STEPS[number][2], project[1][number]
    assert NUMBER.sub("#", found) == NUMBER.sub("#", expected)
    for digits, other in zip(NUMBER.findall(expected), NUMBER.findall(found)):
        unit = 10.0 ** -len(digits.partition(".")[2])
        assert abs(float(digits) - float(other)) < 1.001 * unit, expected


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_one_that_is_drawn(name, project):
    shown, drawn = plt.imread(ROOT / ".github" / name), plt.imread(project[0] / name)
    assert np.mean(np.abs(shown - drawn) > 0.1) < 0.001


def test_each_decimal_of_the_prose_stands_in_a_program_or_an_output():
    page = PAGE
    for phrase in NOT_PRINTED:
        assert phrase in page
        page = page.replace(phrase, "")
    for section in page.split("\n## "):
        blocks = "".join(block for _, block in BLOCK.findall(section))
        rows = [set(NUMBER.findall(row)) for row in ["", *blocks.splitlines()]]
        # All decimals of a clause stand in one row: none belongs to another row.
        for clause in re.split(r"[,;:.]\s", BLOCK.sub("", section)):
            assert any(set(NUMBER.findall(clause)) <= row for row in rows), clause


def test_what_the_page_names_is_there():
    files = re.findall(r"(?:`|\]\()([.\w/]+\.(?:py|txt|png))[`)]", PAGE)
    assert all((ROOT / name).is_file() for name in files)
    assert sorted(PICTURES) == sorted(p.name for p in ROOT.glob(".github/*.png"))
    for anchor in re.findall(r"\]\(#(.*?)\)", PAGE):
        assert f"\n## {anchor.replace('-', ' ')}\n" in PAGE.lower()
