"""What is looked at before a page that others serve as well is opened."""

from sentiment.errors import SettingsError
from sentiment.settings import Settings

SHORTEST = 16
"""Characters of a secret that cookies are signed by."""


def check(settings: Settings) -> None:
    """Raise `SettingsError` where replicas would not be one page, `StoreError` without a store."""
    if settings.secret_key and len(settings.secret_key) < SHORTEST:
        raise SettingsError(
            "The secret key has fewer than {least} characters. Make one with: {line}",
            least=SHORTEST,
            line='python -c "import secrets; print(secrets.token_urlsafe(32))"',
        )
    if not settings.shared:
        return
    if lacking := [name for name, said in common(settings).items() if not said]:
        raise SettingsError(
            "Replicas of one page share a database, Redis, files and a secret, and are told how "
            "many proxies stand before them. Set {lacking} too.",
            lacking=", ".join(lacking),
        )
    if settings.share and not (settings.share_open or settings.gate or settings.password):
        raise SettingsError(
            "Each replica would make a password of its own. Set SENTIMENT_SHARE_PASSWORD."
        )
    from sentiment.storage import remote
    from sentiment.storage.database import opened

    if settings.remote:
        remote.files(settings.remote)
    with opened(settings.store):
        pass


def common(settings: Settings) -> dict[str, bool]:
    """Whether what all replicas have in common is said, by the name of the variable."""
    return {
        "SENTIMENT_DATABASE": bool(settings.database),
        "SENTIMENT_REDIS": bool(settings.redis),
        "SENTIMENT_FILES": bool(settings.files),
        "SENTIMENT_SECRET_KEY": bool(settings.secret_key),
        "SENTIMENT_PROXY_HOPS": settings.proxy_hops is not None,
    }
