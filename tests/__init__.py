"""A package, so that pytest puts the folder above, with the scripts, on the path."""
