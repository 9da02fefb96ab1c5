"""Tests of `sentiment.share`."""
