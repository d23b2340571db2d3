"""Makes tests a package, so that plain `pytest` finds the three files beside it."""
