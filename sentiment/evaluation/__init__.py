"""How good a model is on labelled sentences, in figures, slices and plots."""
