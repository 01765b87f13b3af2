"""Checking what was exported: nothing here imports anything of the program."""
