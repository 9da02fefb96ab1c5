"""What happens to a text before a model sees it: spelling, notices, sentences, checks, slips."""
