"""Tests of `sentiment.web`."""
