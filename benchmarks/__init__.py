"""Measurements that anyone can run; the READMEs quote them."""
