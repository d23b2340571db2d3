"""What stands under a program of the pages is what it prints. This takes minutes."""

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
PAGES = [ROOT / "README.md", ROOT / "tests/README.md"]
TEXT = "".join(page.read_text("utf-8") for page in PAGES)
LINK = r"\]\((?!http)([^#)]*)#?(.*?)\)"
# A step is a block of commands or a program, a line or more, and the next block.
STEP = r"^```(sh|python)\n(.*?)^```\n.*?^```(\w*)\n(.*?)^```\n"
STEPS = re.findall(STEP, TEXT, re.DOTALL | re.MULTILINE)
PICTURES = re.findall(r"\]\(\.github/(.*)\)", TEXT)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project, and what each step printed there, run in order."""
    copy = tmp_path_factory.mktemp("pages") / "project"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "*.png"))
    where = {"cwd": copy, "env": {**os.environ, "MPLBACKEND": "agg"}, "text": True}
    outputs = []
    for kind, program, *_ in STEPS:
        # The gate itself makes the environment, and runs the tests.
        commands = re.findall("python (.*)", program) if kind == "sh" else ["-"]
        run = [[sys.executable, *command.split()] for command in commands]
        printed = [subprocess.check_output(c, input=program, **where) for c in run]
        outputs.append("".join(printed))
    return copy, outputs


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_a_step_prints_exactly_what_stands_under_it(number, project):
    assert STEPS[number][2:] == ("text", project[1][number])


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_one_that_is_drawn(name, project):
    shown, drawn = plt.imread(ROOT / ".github" / name), plt.imread(project[0] / name)
    assert np.mean(np.abs(shown - drawn) > 0.1) < 0.001


def test_what_the_pages_name_is_there():
    assert all((ROOT / name).is_file() for name in re.findall(r"`([\w/]+\.py)`", TEXT))
    assert len(STEPS) == TEXT.count("```text\n")
    assert sorted(PICTURES) == sorted(p.name for p in ROOT.glob(".github/*.png"))
    for page in PAGES:
        for name, heading in re.findall(LINK, page.read_text("utf-8")):
            assert (page.parent / name).exists()
            assert not heading or f"# {heading.replace('-', ' ')}\n" in TEXT.lower()
