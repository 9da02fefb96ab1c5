"""Where people have put what proves their account, and the password for visitors."""

import os
import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Characters of a password: none that looks like another, none that needs a shift key."""


def find_token() -> str | None:
    """The ngrok authtoken: ``NGROK_AUTHTOKEN``, else the one in ngrok's own configuration."""
    from sentiment.share.ngrok_agent import agent_options, own_config

    token = os.environ.get("NGROK_AUTHTOKEN") or agent_options(own_config()).get("authtoken")
    return str(token).strip() or None if token else None


def new_password() -> str:
    """A password that is hard to guess (59 bits) and easy to type on a phone."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)
