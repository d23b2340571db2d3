"""The README: its blocks run as printed, and each figure is one that they print."""

import contextlib
import io
import itertools
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_digits

from train import load_data, make_parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
TEXTS = [body for language, body in BLOCKS if language == "text"]
NUMBER = r"\d+(?:\.\d+)?"


def assert_stated(stated: str, printed: str) -> None:
    """Compare the texts exactly, and numbers to the last digit, give or take one."""
    padded = rf" *{NUMBER}"
    assert re.sub(padded, "#", stated) == re.sub(padded, "#", printed)
    for text, value in zip(re.findall(NUMBER, stated), re.findall(NUMBER, printed)):
        last_digit = 0.1 ** len(text.partition(".")[2])
        assert abs(float(text) - float(value)) < 1.5 * last_digit, (text, value)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_the_python_blocks_run_in_order_and_print_what_follows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, document: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert TEXTS[0] == document  # what train.py prints, by its own test
    names: dict[str, Any] = {}
    for (language, code), (following, text) in itertools.pairwise([*BLOCKS, ("", "")]):
        if language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(code, names)  # noqa: S102
            assert_stated(text if following == "text" else "", printed.getvalue())
    assert [language for language, _ in BLOCKS].count("python") == len(TEXTS) == 5
    assert (tmp_path / "learned_features.png").read_bytes().startswith(b"\x89PNG")


def test_each_figure_in_the_prose_is_printed_or_is_the_codes() -> None:
    default = make_parser("").parse_args([])
    (X_train, X_test), digits = load_data(), load_digits()
    original = X_test[0]
    constants = {
        *(str(value) for value in vars(default).values()),  # 50, 0.001, 8, 0.05, 42
        f"{100 * default.sparsity_target:.0f}",
        *(str(size) for size in (*X_train.shape, *X_test.shape)),
        str(len(X_train) + len(X_test)),
        f"{-original.min():.0f}",
        f"{original.max():.0f}",
        f"{digits.data.min():.0f}",
        "2",  # the exit status, checked with every refusal
        "3.11",
    }
    assert sys.version_info >= (3, 11)
    prose = README.partition("## References")[0]
    for elsewhere in (
        r"```.*?```",
        r"\$\$.*?\$\$|\$.*?\$",  # formulas
        r"\]\(.*?\)",  # where links lead
        r"et al\. \d{4}",
        r"lecture notes, section 3",
        r"`torch~=[\d.]+`",  # checked below
    ):
        prose = re.sub(elsewhere, " ", prose, flags=re.DOTALL)
    printed = set(re.findall(NUMBER, "".join(TEXTS)))
    assert set(re.findall(NUMBER, prose)) - printed - constants == set()


def test_what_the_page_names_is_there() -> None:
    links = re.findall(r"\]\(([^)#h][^)]*)\)", README)
    files = re.findall(r"`((?:\w+/)*\w+\.(?:py|txt))`", README)
    assert len(links) == 2 and len(files) >= 4
    for name in (*links, *files):
        assert (ROOT / name).is_file(), name
    headings = re.findall(r"^#+ (.*)$", README, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#(.*?)\)", README)) <= anchors
    for requirement in re.findall(r"`(torch~=[\d.]+)`", README):
        assert requirement in (ROOT / "requirements.txt").read_text().split()
