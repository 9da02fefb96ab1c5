"""Tests of `sentiment.training`."""
