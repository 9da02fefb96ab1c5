"""What happens to a text before a model sees it: sentences, checks, slips."""
