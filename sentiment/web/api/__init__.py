"""Routes for programs, and their description."""
