"""The secrets of a notebook: those that a test has put into ``SECRETS``."""

SECRETS: dict[str, str] = {}


class SecretNotFoundError(Exception):
    """As of the real one."""


def get(name: str) -> str:
    """The secret; raises `SecretNotFoundError`."""
    if name not in SECRETS:
        raise SecretNotFoundError(name)
    return SECRETS[name]
