"""Texts before a model sees them."""
