"""The language of an answer: ``?lang=``, else the cookie it left, else the browser's wish."""

from babel.numbers import format_decimal, format_percent
from flask import Flask, Response, g, request

from sentiment.errors import InputError
from sentiment.i18n import LANGUAGES, catalog
from sentiment.web.kit.fields import field

COOKIE = "lang"
YEAR = 365 * 24 * 3600
"""Seconds that a choice of language is remembered."""


def init_app(app: Flask) -> None:
    """Give templates their texts, and say in the headers what the answer depended on."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES
    app.add_template_global(language)
    app.add_template_filter(percent)
    app.add_template_filter(number)
    app.after_request(declare)


def language() -> str:
    """The code of the language of this answer, one of `LANGUAGES`."""
    if "language" not in g:
        wanted = chosen() or request.cookies.get(COOKIE)
        g.language = wanted if wanted in LANGUAGES else preferred()
    return str(g.language)


def chosen() -> str | None:
    """The language that this very request asks for by ``?lang=``."""
    try:
        wanted = field(request.query_string, "lang")
    except InputError:
        return None
    return wanted if wanted in LANGUAGES else None


def preferred() -> str:
    """What the browser asks for; Korean unless it would rather have another we speak."""
    default, *_ = LANGUAGES
    return request.accept_languages.best_match(list(LANGUAGES), default=default)


def gettext(message: str) -> str:
    """The message in the language of this answer."""
    return str(catalog(language()).gettext(message))


def ngettext(singular: str, plural: str, count: int) -> str:
    """The message for `count` in the language of this answer."""
    return str(catalog(language()).ngettext(singular, plural, count))


def percent(share: float) -> str:
    """A share of 1 as people write it, with one decimal: 0.973 -> ``97.3%``."""
    return format_percent(share, "#,##0.0%", locale=language())


def number(count: int) -> str:
    """A count as people write it: 1234 -> ``1,234``."""
    return format_decimal(count, locale=language())


def declare(response: Response) -> Response:
    """Name the language, what it depended on, and remember a choice."""
    if request.endpoint == "static":
        return response
    response.content_language.add(language())
    response.vary.update(["Accept-Language", "Cookie"])
    if wanted := chosen():
        response.set_cookie(
            COOKIE, wanted, max_age=YEAR, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    return response
