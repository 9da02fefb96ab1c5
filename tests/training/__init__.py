"""Tests of how the shipped models are made."""
