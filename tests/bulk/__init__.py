"""Tests of `sentiment.bulk`."""
