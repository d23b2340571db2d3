"""The page is a transcript: what stands under a program is what it prints.

`pytest tests/check_readme.py` takes minutes, so `pytest` alone leaves it out. The page
may leave out the start of an output, and the last digits of a number.
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
import torch

from sparse_autoencoder import SparseAutoencoder
from train import evaluate, load_data, to_input

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"\d+\.\d+|\d+e-\d+")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
PICTURES = re.findall(r"\]\(\.github/(.*)\)", PAGE)

STEPS = []
for (kind, program), (next_kind, output) in itertools.pairwise(BLOCK.findall(PAGE)):
    if kind in ("sh", "python"):
        assert next_kind == "text", f"the page has no output of {program}"
        STEPS.append((kind, program, output.rstrip("\n")))


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
    found = "\n".join(found.splitlines()[-len(expected.splitlines()) :])
    assert NUMBER.sub("#", found) == NUMBER.sub("#", expected)
    for digits, other in zip(NUMBER.findall(expected), NUMBER.findall(found)):
        unit = 10.0 ** -len(digits.partition(".")[2])
        assert abs(float(digits) - float(other)) < 1.001 * unit, expected


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_one_that_is_drawn(name, project):
    shown, drawn = plt.imread(ROOT / ".github" / name), plt.imread(project[0] / name)
    assert np.mean(np.abs(shown - drawn) > 0.1) < 0.001


def test_each_decimal_of_the_prose_stands_in_its_section_or_in_the_code():
    elsewhere = "Python: 3.11 3.14, Adam: 0.9 0.999 1e-8 1e-9, roundings: 1e-6 1e-12"
    elsewhere += "".join(
        (ROOT / n).read_text() for n in ("train.py", "requirements.txt")
    )
    # First losses with the factor 0.1 and the target 0.2, but no abs, a one-sided
    # penalty, or factor and target exchanged.
    torch.manual_seed(42)
    model, (X_train, _) = SparseAutoencoder(20, 8), load_data()
    rho = model.encode(to_input(model, X_train)).mean(dim=0)
    for deviation in [rho - 0.2, (rho - 0.2).relu(), 2 * (rho - 0.1).abs()]:
        elsewhere += f" {evaluate(model, X_train) + 0.1 * deviation.sum().item():.5f}"
    for section in PAGE.split("\n## "):
        blocks = str(BLOCK.findall(section))
        prose = re.sub(r"\(http.*?\)", "", BLOCK.sub("", section))
        assert set(NUMBER.findall(prose)) <= set(NUMBER.findall(blocks + elsewhere))


def test_what_the_page_names_is_there():
    files = re.findall(r"(?:`|\]\()([.\w/]+\.(?:py|txt|png))[`)]", PAGE)
    assert all((ROOT / name).is_file() for name in files)
    assert sorted(PICTURES) == sorted(p.name for p in ROOT.glob(".github/*.png"))
    headings = re.findall(r"^#+ (.*)", BLOCK.sub("", PAGE), re.MULTILINE)
    anchors = [re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings]
    assert set(re.findall(r"\]\(#(.*?)\)", PAGE)) <= set(anchors)
