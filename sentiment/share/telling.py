"""What people are told of the tunnel: its state in words, the address as a QR code."""

import io

import segno

from sentiment.i18n import both
from sentiment.share.tunnel import TunnelStatus


def qr_terminal(url: str) -> str:
    """A QR code out of block characters, for a terminal."""
    text = io.StringIO()
    segno.make_qr(url).terminal(text, border=2, compact=True)
    return text.getvalue()


def qr_svg(url: str) -> str:
    """A QR code as an SVG element of no size of its own; the page's style sheet gives it one."""
    return str(segno.make_qr(url).svg_inline(border=2, omitsize=True, light="#fff", svgclass=None))


def announce(status: TunnelStatus, password: str | None) -> str:
    """What the terminal says of a status, in Korean and English; `password` None: no gate."""
    if status.error is not None:
        return (
            both(lambda _: _("Not shared; the page goes on running on this computer."))
            + "\n"
            + both(status.error.translated)
        )
    if status.url is None:
        if status.state == "closed":
            return both(lambda _: _("The share link is closed."))
        return both(lambda _: _("Opening the share link…"))
    if password is None:
        access = both(lambda _: _("Everyone with the link can use the page."))
    else:
        access = both(lambda _: _("Visitors' password: {password}").format(password=password))
    link = both(lambda _: _("Share link: {url}").format(url=status.url))
    return "\n".join((link, access, qr_terminal(status.url)))
