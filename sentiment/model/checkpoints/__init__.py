"""Checkpoints as people have them: where they lie, safe reading, restoring with torch."""
