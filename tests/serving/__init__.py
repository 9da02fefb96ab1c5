"""Tests of `sentiment.serving`."""
