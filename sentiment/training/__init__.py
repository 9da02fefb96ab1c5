"""Training: what makes the weights that the rest of the package serves."""
