"""The README: its blocks run and print what stands after them."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import DOCUMENT

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(
    r"```python\n(.*?)```\n+(?:```text\n(.*?)```)?", README, re.DOTALL
)
FIGURE = r"\d+(?:\.\d+)?%?"
PADDED = rf" *{FIGURE}"


def programs() -> list[tuple[str, str]]:
    """Return each program that the page describes, with what it shall print."""
    found = []
    for code, text in BLOCKS:
        if "import SparseAutoencoder" in code:
            shared = code
            found.append((code, text))
        else:
            found.append((shared + code, text))
    return [(code, text) for code, text in found if text]


def assert_stated(stated: str, printed: str) -> None:
    """Compare words, columns and whole numbers exactly, and figures behind a bar nearly.

    Those come from long trainings and may differ by 5 % or by two units of the last
    digit, whichever is more. With PyTorch's and OpenBLAS's kernels for old processors,
    and with two threads, none differed by more than 0.4 %.
    """
    for row, line in zip(stated.splitlines(), printed.splitlines(), strict=True):
        setting, _, figures = row.partition("|")
        assert line.startswith(setting)
        assert len(line) == len(row)
        assert re.sub(PADDED, "#", line) == re.sub(PADDED, "#", row)
        for text, value in zip(
            re.findall(FIGURE, figures), re.findall(FIGURE, line.partition("|")[2])
        ):
            last_digit = 0.1 ** len(text.partition(".")[2])
            figure = float(text.rstrip("%"))
            allowed = 0 if text.isdigit() else max(0.05 * figure, 2.001 * last_digit)
            assert abs(figure - float(value.rstrip("%"))) <= allowed, (row, line)


def test_the_python_blocks_print_what_follows_them(tmp_path: Path) -> None:
    # The programs run at once: with more threads each, they would wait for each other.
    environment = {**os.environ, "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = str(ROOT)
    assert len(programs()) == 4
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for code, _ in programs()
    ]
    for process, (_, text) in zip(running, programs(), strict=True):
        printed, _ = process.communicate()
        assert process.returncode == 0
        assert_stated(text, printed)
    assert len(list(tmp_path.glob("*.png"))) == 2


def test_what_the_page_shows_and_names_is_so() -> None:
    assert f"```text\n{DOCUMENT}```" in README
    links = re.findall(r"\]\((\.[^)]*)\)", README)
    files = re.findall(r"`((?:\w+/)*\w+\.(?:py|txt))`", README)
    assert len(links) == 3 and len(files) >= 4
    for name in (*links, *files):
        assert (ROOT / name).is_file(), name
