"""Flows to learn from: each a file that stands by itself, with its test in `tests/`."""
