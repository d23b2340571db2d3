"""Train as train.py does, then draw one test sample against its reconstruction."""

import os

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure

from train import check_options, load_data, make_model, make_parser, reconstruct, train


def draw(original: np.ndarray, reconstructed: np.ndarray) -> Figure:
    """Return a figure of the two curves, each (n_features,), over the feature index."""
    fig, ax = plt.subplots(figsize=(9, 5), layout="constrained")
    ax.axhspan(0, 1, color="0.88", label="All a sigmoid can reach: 0 to 1")
    ax.plot(original, "o-", color="#0072B2", label="Original")
    ax.plot(reconstructed, "s--", color="#D55E00", label="Reconstructed")
    ax.set_title("Original vs Reconstructed Data")
    ax.set_xlabel("Feature index")
    ax.set_ylabel("Value (standardized)")
    ax.locator_params(axis="x", nbins=20, integer=True)
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--sample", type=int, default=0, help="test sample, 0 to 199")
    picture = "original_vs_reconstructed.png"
    parser.add_argument("-o", "--output", default=picture, help="picture to write")
    args = parser.parse_args()
    check_options(parser, args)
    if not 0 <= args.sample < 200:  # as many as load_data holds out
        parser.error(f"--sample must be from 0 to 199, got {args.sample}")
    if not os.path.isdir(os.path.dirname(args.output) or "."):
        parser.error(f"-o/--output must be in a folder that exists, got {args.output}")
    if os.path.splitext(args.output)[1][1:].lower() not in FigureCanvasBase.filetypes:
        parser.error(f"-o/--output must be a name like a.png, got {args.output}")
    X_train, X_test = load_data(args.seed)
    model = make_model(args, X_train.shape[1])
    try:
        train(model, X_train, args.epochs, args.lr)
    except FloatingPointError as error:
        parser.exit(1, f"{parser.prog}: error: {error}\n")
    y_pred = reconstruct(model, X_test)
    fig = draw(X_test[args.sample], y_pred[args.sample])
    try:
        fig.savefig(args.output)
    except OSError as error:
        parser.error(f"-o/--output cannot save {args.output}: {error}")
    print(f"Saved {args.output}")
    plt.show()


if __name__ == "__main__":
    main()
