"""Which service lends the public address."""

from collections.abc import Callable

from sentiment.settings import ShareWith
from sentiment.share.cloudflare import Cloudflare
from sentiment.share.ngrok_agent import Ngrok
from sentiment.share.tokens import checked_token, find_token


def service_of(
    wanted: ShareWith, domain: str | None, ask: Callable[[], str] | None = None
) -> Ngrok | Cloudflare:
    """The service that is wanted; ``auto`` is ngrok where there is a token.

    Without one `ask`, where somebody can answer, may bring it; who has none shares through
    Cloudflare, which needs no account. A `domain` is reserved at ngrok, so it wants ngrok. Raises
    `RefusedError` for a malformed token.
    """
    if wanted == "cloudflare":
        return Cloudflare()
    token = find_token()
    if token is None and ask is not None:
        token = checked_token(ask(), "")
    if token is None and wanted == "auto" and domain is None:
        return Cloudflare(instead=True)
    return Ngrok(token, domain)
