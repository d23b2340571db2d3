"""A package, so that pytest puts the folder above, with the three files, on the path."""
