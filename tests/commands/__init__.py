"""Tests of `sentiment.commands`."""
