"""Tests of `sentiment.evaluation`."""
