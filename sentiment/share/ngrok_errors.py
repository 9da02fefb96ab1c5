"""Why ngrok does not open a tunnel: each cause with its cure.

Source of the codes: https://ngrok.com/docs/errors
"""

import re
from collections.abc import Callable

from sentiment.errors import RefusedError, ShareError
from sentiment.share.process import UNREACHABLE

CODE = re.compile(r"ERR_NGROK_\d+")


def no_token() -> RefusedError:
    """Nobody has said which account the tunnel belongs to."""
    return RefusedError(
        "Sharing needs an ngrok authtoken. Get a free one at "
        "https://dashboard.ngrok.com/get-started/your-authtoken, set NGROK_AUTHTOKEN to it and "
        "start again."
    )


def outdated(agent: str) -> RefusedError:
    """The service, or this program, asks for more than the installed agent can."""
    return RefusedError(
        "The ngrok agent is too old. Update it with: {agent} update; then start again.",
        agent=agent,
    )


def failure(words: str, agent: str) -> ShareError:
    """The error that the agent's own `words` stand for; `agent` is the path of the agent."""
    if code := CODE.search(words):
        return refusal(code[0], agent)
    if UNREACHABLE.search(words):
        return ShareError(
            "The ngrok service cannot be reached. Check the internet connection, and whether a "
            "firewall or proxy keeps ngrok out; it is tried again by itself."
        )
    return ShareError(
        "The ngrok agent ended without a word that explains it. Run it by itself to see more: "
        "{agent} diagnose; it is tried again by itself.",
        agent=agent,
    )


REFUSALS: dict[str, Callable[[str], ShareError]] = {
    "ERR_NGROK_4018": lambda agent: no_token(),
    "ERR_NGROK_105": lambda agent: RefusedError(
        "This is not an ngrok authtoken: its form is wrong. Copy all of it from "
        "https://dashboard.ngrok.com/get-started/your-authtoken, set NGROK_AUTHTOKEN to it and "
        "start again."
    ),
    "ERR_NGROK_107": lambda agent: RefusedError(
        "ngrok no longer accepts the authtoken: it was reset or revoked. Copy the current one "
        "from https://dashboard.ngrok.com/get-started/your-authtoken, set NGROK_AUTHTOKEN to it "
        "and start again."
    ),
    "ERR_NGROK_108": lambda agent: ShareError(
        "Your ngrok account already runs as many agents as its plan allows. End one, on this or "
        "another computer (https://dashboard.ngrok.com/agents shows them); it is tried again by "
        "itself."
    ),
    "ERR_NGROK_120": outdated,
    "ERR_NGROK_320": lambda agent: RefusedError(
        "The domain is reserved for another ngrok account. Use the authtoken of that account, or "
        "another --share-domain, and start again."
    ),
    "ERR_NGROK_324": lambda agent: ShareError(
        "Your ngrok plan allows no further public address at the same time. Close one; it is "
        "tried again by itself. Your addresses: https://dashboard.ngrok.com/endpoints"
    ),
    "ERR_NGROK_334": lambda agent: ShareError(
        "The public address is already in use by another ngrok agent. End that one "
        "(https://dashboard.ngrok.com/endpoints shows it); it is tried again by itself. Or start "
        "again with another --share-domain."
    ),
    "ERR_NGROK_1200": lambda agent: RefusedError(
        "Your ngrok account's e-mail address is not verified. Open the link in ngrok's mail "
        "(https://dashboard.ngrok.com/user/settings sends it again) and start again."
    ),
}
"""The errors for codes with a known cure, by the path of the agent."""


def refusal(code: str, agent: str) -> ShareError:
    """The error for one of ngrok's codes, such as ``ERR_NGROK_4018``."""
    if known := REFUSALS.get(code):
        return known(agent)
    return ShareError(
        "ngrok refused to open the share link, with code {code}; it is tried again by itself. "
        "What it means and what to do: https://ngrok.com/docs/errors/{page}",
        code=code,
        page=code.lower(),
    )


def not_installed(agent: str) -> ShareError:
    """The agent is missing and could not be downloaded."""
    return ShareError(
        "The ngrok agent is not installed and could not be downloaded to {agent}. Check the "
        "internet connection; it is tried again by itself. Or install it from "
        "https://ngrok.com/download, set PYNGROK_NGROK_PATH to it and start again.",
        agent=agent,
    )


def cannot_run(agent: str) -> RefusedError:
    """There is a file, but the system does not start it."""
    return RefusedError(
        "The ngrok agent {agent} cannot be started. Delete it, so that it is downloaded anew, or "
        "set PYNGROK_NGROK_PATH to a working one, and start again.",
        agent=agent,
    )


def silent(seconds: float) -> ShareError:
    """The agent runs, and says nothing that helps."""
    return ShareError(
        "ngrok did not open the share link within {seconds:g} seconds. Check the internet "
        "connection, and whether a firewall or proxy keeps ngrok out; it is tried again by itself.",
        seconds=seconds,
    )
