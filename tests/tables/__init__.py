"""Tests of `sentiment.tables`."""
