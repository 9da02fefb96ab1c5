"""Whole tables judged: from the terminal, and as jobs in the background."""
