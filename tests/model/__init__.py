"""Tests of `sentiment.model`."""
