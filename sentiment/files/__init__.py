"""Whole files: how they are read, judged row by row, and written back."""
