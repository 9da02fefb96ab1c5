"""Tests of `sentiment.storage`."""
