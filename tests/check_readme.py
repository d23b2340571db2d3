"""The page is a transcript: what stands under a program is exactly what it prints.

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
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```\n", PAGE, re.DOTALL | re.MULTILINE)
STEPS = [pair for pair in itertools.pairwise(BLOCKS) if pair[0][0] in ("sh", "python")]
PICTURES = re.findall(r"\]\(\.github/(.*)\)", PAGE)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project, and what each step printed there, run in order."""
    copy = tmp_path_factory.mktemp("page") / "project"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "*.png"))
    where = {"cwd": copy, "env": {**os.environ, "MPLBACKEND": "agg"}, "text": True}
    outputs = []
    for (kind, program), _ in STEPS:
        # The gate itself makes the environment, and runs the tests.
        commands = re.findall("python (.*)", program) if kind == "sh" else ["-"]
        run = [[sys.executable, *command.split()] for command in commands]
        printed = [subprocess.check_output(c, input=program, **where) for c in run]
        outputs.append("".join(printed))
    return copy, outputs


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_a_step_prints_exactly_what_stands_under_it(number, project):
    _, output = STEPS[number]
    assert output == ("text", project[1][number])


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_one_that_is_drawn(name, project):
    shown, drawn = plt.imread(ROOT / ".github" / name), plt.imread(project[0] / name)
    assert np.mean(np.abs(shown - drawn) > 0.1) < 0.001


def test_what_the_page_names_is_there():
    files = re.findall(r"(?:`|\]\()([.\w/]+\.(?:py|txt|png))[`)]", PAGE)
    assert all((ROOT / name).is_file() for name in files)
    assert len(STEPS) == [kind for kind, _ in BLOCKS].count("text")
    assert sorted(PICTURES) == sorted(p.name for p in ROOT.glob(".github/*.png"))
    for anchor in re.findall(r"\]\(#(.*?)\)", PAGE):
        assert f"\n## {anchor.replace('-', ' ')}\n" in PAGE.lower()
