"""The second step: a link for friends, which takes nothing from the page under the cell."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentiment.notebook.running import say

if TYPE_CHECKING:
    from sentiment.share.tunnel import Agent, Tunnel


@dataclass(frozen=True)
class Found:
    """The service that is found whenever the tunnel is opened: a token may have come since."""

    name = "auto"

    def agent(self) -> "Agent":
        """A run of it; raises `ShareError` for a malformed token too, which is told as a line."""
        from sentiment.share.services import service_of

        service = service_of("auto", None)
        agent = service.agent()
        say(f"공유 · Sharing: {service}")
        return agent


def password_of(share: bool) -> str | None:
    """A password for visitors where there may be any."""
    from sentiment.share.tokens import new_password

    return new_password() if share else None


def tunnel_of(port: int, password: str | None) -> "Tunnel | None":
    """A tunnel that tells the notebook how it fares; none without a password."""
    from sentiment.share.telling import announce
    from sentiment.share.tunnel import Tunnel

    if password is None:
        return None
    return Tunnel(port, Found(), lambda status: say(announce(status, password)))
