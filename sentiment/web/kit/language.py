"""The language of an answer: ``?lang=``, else the cookie it left, else the browser's wish."""

from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, g, request

from sentiment.errors import InputError
from sentiment.i18n import LANGUAGES, catalog, numbered
from sentiment.web.kit.cookies import keep
from sentiment.web.kit.fields import field

COOKIE = "lang"
YEAR = 365 * 24 * 3600
"""Seconds that a choice of language is remembered."""

UNITS = (
    (30 * 24 * 3600, numbered("{count} month", "{count} months")),
    (7 * 24 * 3600, numbered("{count} week", "{count} weeks")),
    (24 * 3600, numbered("{count} day", "{count} days")),
    (3600, numbered("{count} hour", "{count} hours")),
    (60, numbered("{count} minute", "{count} minutes")),
    (1, numbered("{count} second", "{count} seconds")),
)
"""Seconds of a unit, and how it is said."""


def init_app(app: Flask) -> None:
    """Give templates their texts, and say in the headers what the answer depended on."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES
    app.add_template_global(language)
    app.add_template_global(switched)
    app.add_template_filter(percent)
    app.add_template_filter(number)
    app.add_template_filter(duration)
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


def switched(code: str) -> str:
    """The address of this page in another language, with all else that it was asked for.

    Latin-1 stands for any bytes, so that what can't be decoded is asked for again as it was.
    """
    asked = parse_qsl(request.query_string.decode("latin-1"), True, encoding="latin-1")
    kept = [(name, value) for name, value in asked if name != "lang"]
    return f"?{urlencode([*kept, ('lang', code)], encoding='latin-1')}"


def gettext(message: str) -> str:
    """The message in the language of this answer."""
    return str(catalog(language()).gettext(message))


def ngettext(singular: str, plural: str, count: int) -> str:
    """The message for `count` in the language of this answer."""
    return str(catalog(language()).ngettext(singular, plural, count))


def percent(share: float) -> str:
    """A share of 1 as people write it, with one decimal: 0.973 -> ``97.3%``.

    As a decimal: in binary 0.1235 lies below the half and would be rounded down.
    """
    return f"{Decimal(str(share)):,.1%}"


def number(count: int) -> str:
    """A count as people write it in both languages: 1234 -> ``1,234``."""
    return f"{count:,}"


def duration(seconds: float) -> str:
    """A time as people say it, in the largest unit of which there are one and a half."""
    whole = int(seconds)
    fitting = (unit for unit in UNITS if whole >= 1.5 * unit[0])
    size, (singular, plural) = next(fitting, UNITS[-1])
    count = round(whole / size)
    return ngettext(singular, plural, count).format(count=count)


def declare(response: Response) -> Response:
    """Name the language, what it depended on, and remember a choice."""
    if request.endpoint == "static":
        return response
    response.content_language.add(language())
    response.vary.update(["Accept-Language", "Cookie"])
    if wanted := chosen():
        keep(response, COOKIE, wanted, YEAR)
    return response
