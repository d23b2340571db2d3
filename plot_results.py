"""Train as train.py does, then draw one test sample against its reconstruction."""

import io
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure

from sparse_autoencoder import require
from train import Array, fit, load_data, make_parser, reconstruct


def draw(original: Array, reconstructed: Array) -> Figure:
    """Return a figure of the two curves, each (n_features,), over the feature index.

    Raises ValueError if their lengths differ.
    """
    lengths = len(original), len(reconstructed)
    require(lengths[0] == lengths[1], "curves must be of one length", lengths)
    fig, ax = plt.subplots(figsize=(9, 5), layout="constrained")
    ax.axhspan(0, 1, color="0.88", label="All a sigmoid can reach: 0 to 1")
    # Markers and dashes tell the curves apart where colours do not.
    ax.plot(original, "o-", color="#0072B2", label="Original")
    ax.plot(reconstructed, "s--", color="#D55E00", label="Reconstructed")
    ax.set_title("Original vs Reconstructed Data")
    ax.set_xlabel("Feature index")
    ax.set_ylabel("Value (standardized)")
    ax.locator_params(axis="x", nbins=20, integer=True)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3)
    return fig


def main() -> None:
    """Run the script: train, draw, save, say where, and show if there is a display."""
    parser = make_parser("Draw a test sample against its reconstruction.")
    add, name = parser.add_argument, "original_vs_reconstructed.png"
    add("--sample", type=int, metavar="N", default=0, help="which test sample, from 0")
    add("-o", "--output", metavar="FILE", default=name, help="picture to write")
    args = parser.parse_args()
    try:
        X_train, X_test = load_data(args.seed)
        last = len(X_test) - 1
        require(0 <= args.sample <= last, f"--sample must be 0 to {last}", args.sample)
        path, types = Path(args.output), FigureCanvasBase.get_supported_filetypes()
        file_type = path.suffix[1:].lower()
        usable = path.parent.is_dir() and not path.is_dir() and file_type in types
        expected = f"a file in an existing folder, of type {', '.join(types)}"
        require(usable, f"--output must be {expected}", repr(args.output))
        model = fit(args, X_train)
        fig = draw(X_test[args.sample], reconstruct(model, X_test)[args.sample])
        # Drawn in memory first, so that a failure leaves no half-written file.
        fig.savefig(picture := io.BytesIO(), format=file_type)
        path.write_bytes(picture.getvalue())
        print(f"Saved {path}")
        if fig.canvas.required_interactive_framework:
            plt.show()
    except (ValueError, RuntimeError, OSError) as error:
        parser.exit(2, f"{parser.prog}: error: {error}\n")


if __name__ == "__main__":
    main()
