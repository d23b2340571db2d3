"""Train as train.py does, then draw one test sample and its reconstruction."""

from io import BytesIO
from os.path import isdir, splitext
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure

from train import load_data, make_parser, reconstruct, train_model


def draw(original: np.ndarray, reconstructed: np.ndarray) -> Figure:
    """Return a figure of a sample (d,) and its reconstruction (d,)."""
    fig, ax = plt.subplots(figsize=(9, 5), layout="constrained")
    ax.axhspan(0, 1, color="0.88", label="Range of a sigmoid: 0 to 1")
    ax.plot(original, "o-", color="#0072B2", label="Original")
    ax.plot(reconstructed, "s--", color="#D55E00", label="Reconstructed")
    ax.set_title("Original vs Reconstructed Data")
    ax.set(xlabel="Feature index", ylabel="Value (standardized)")
    ax.locator_params(axis="x", nbins=20, integer=True)
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--sample", type=int, default=0, help="index of a test sample")
    parser.add_argument(
        "-o", "--output", default="original_vs_reconstructed.png", help="file to write"
    )
    args = parser.parse_args()
    formats = FigureCanvasBase.get_supported_filetypes()
    ending = splitext(args.output)[1][1:].lower()
    if ending not in formats:
        parser.error(f"-o/--output must end in {'/'.join(formats)}, got {args.output}")
    if not isdir(Path(args.output).parent):
        parser.error(f"-o/--output must be in a folder that exists, got {args.output}")
    X_train, X_test = load_data(args.seed)
    if not 0 <= args.sample < len(X_test):
        parser.error(f"--sample must be 0 to {len(X_test) - 1}, got {args.sample}")
    model = train_model(args, X_train)
    fig = draw(X_test[args.sample], reconstruct(model, X_test)[args.sample])
    picture = BytesIO()  # on a full disk, savefig saves half a JPEG without an error
    try:
        fig.savefig(picture, format=ending)
        Path(args.output).write_bytes(picture.getvalue())
    except (OSError, RuntimeError) as error:
        parser.error(f"-o/--output must be possible to draw and write: {error}")
    print(f"Saved {args.output}")
    plt.show()


if __name__ == "__main__":
    main()
