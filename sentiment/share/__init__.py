"""A public address for the local page: tunnels, tokens, QR codes, and what to do when they fail."""
