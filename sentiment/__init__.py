"""Put a Korean sentiment model in front of people."""

__version__ = "0.1.0"
