"""The commands, one file each: thin, and what is heavy is imported where it is used."""
