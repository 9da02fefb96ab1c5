"""From a file or folder to a classifier that answers, and why it answers so."""
