"""The matrix: every URL, every method, every kind of caller, and what must come of it."""
