"""Train as train.py does, then draw one test sample against its reconstruction."""

from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from train import fit, load_data, make_parser, reconstruct


def draw(original: np.ndarray, reconstructed: np.ndarray) -> Figure:
    """Return a figure of the two curves, each (n_features,), over the feature index."""
    fig, ax = plt.subplots(figsize=(9, 5), layout="constrained")
    ax.axhspan(0, 1, color="0.88", label="All a sigmoid can reach: 0 to 1")
    ax.plot(original, "o-", color="#0072B2", label="Original")
    ax.plot(reconstructed, "s--", color="#D55E00", label="Reconstructed")
    ax.set_title("Original vs Reconstructed Data")
    ax.set(xlabel="Feature index", ylabel="Value (standardized)")
    ax.locator_params(axis="x", nbins=20, integer=True)
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def main() -> None:
    parser = make_parser(__doc__)
    add, name = parser.add_argument, "original_vs_reconstructed.png"
    add("--sample", type=int, default=0, help="which test sample, from 0")
    add("-o", "--output", type=Path, default=name, help="picture to write")
    args = parser.parse_args()
    try:
        X_train, X_test = load_data(args.seed)
        if not 0 <= args.sample < len(X_test):
            raise ValueError(f"need 0 <= --sample < {len(X_test)}, got {args.sample}")
        if args.output.suffix.lower() not in (".png", ".jpg", ".pdf", ".svg"):
            raise ValueError(f"--output must be png, jpg, pdf, svg, got {args.output}")
        target = args.output.resolve()
        if target.exists() or not target.parent.exists():
            target.open("ab").close()  # refused now, not after the training
        with TemporaryDirectory(prefix=target.name, dir=target.parent) as folder:
            y_pred = reconstruct(fit(args, X_train), X_test)
            fig = draw(X_test[args.sample], y_pred[args.sample])
            fig.savefig(picture := Path(folder, target.name))
            picture.replace(target)  # whole, or not at all
        print(f"Saved {args.output}")
        if fig.canvas.required_interactive_framework:  # there is a display
            plt.show()
    except (ValueError, OSError) as error:
        parser.exit(2, f"{parser.prog}: error: {error}\n")


if __name__ == "__main__":
    main()
