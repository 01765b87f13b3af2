"""Exports: one report's record as a zip that a stranger can check."""
