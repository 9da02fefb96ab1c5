"""How often a password may be tried."""

import hashlib
import hmac
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from sentiment.web.kit.counts import Counts, Record

FREE = 5
"""Wrong passwords of one sender that are followed by no pause."""

PAUSE, LONGEST = 30.0, 3600.0
"""Seconds of the first pause, which doubles with every wrong password after it, and of the last."""

FORGOTTEN = 24 * 3600.0
"""Seconds after the last wrong password when a sender begins anew."""


@dataclass(frozen=True)
class Verdict:
    """What became of a password; while there are seconds to `wait`, even the right one is not."""

    right: bool
    wait: int = 0


class Wrong(NamedTuple):
    """How many wrong passwords a sender has tried, the last one when, and the end of the pause."""

    tries: float = 0
    last: float = -math.inf
    until: float = 0.0


class Attempts:
    """Compares passwords, and has who tries wrong ones wait: longer each time, and nobody else.

    There is no limit for all together, by which strangers could keep everybody out.
    """

    def __init__(self, password: str, counts: Counts) -> None:
        """What `plain` leaves out does not count."""
        self._password = digest(password)
        self._counts = counts

    def judge(self, candidate: str, sender: str) -> Verdict:
        """Whether `candidate`, sent by `sender`, is the password; looks and counts in one step."""
        right = hmac.compare_digest(digest(candidate), self._password)
        verdicts: list[Verdict] = []

        def change(record: Record, now: float) -> Record:
            verdict, after = judged(Wrong(*record), right, now)
            verdicts.append(verdict)
            return after or ()

        self._counts.change(f"wrong:{sender}", change, FORGOTTEN)
        return verdicts[-1]


def judged(wrong: Wrong, right: bool, now: float) -> tuple[Verdict, Wrong | None]:
    """What becomes of a password tried at a moment, and what is remembered of its sender."""
    if wrong.until > now:
        return Verdict(False, math.ceil(wrong.until - now)), wrong
    if right:
        return Verdict(True), None
    tries = 1 if now - wrong.last > FORGOTTEN else wrong.tries + 1
    return Verdict(False), Wrong(tries, now, now + pause(tries))


def pause(count: float) -> float:
    """Seconds to wait after so many wrong passwords in a row."""
    if count < FREE:
        return 0.0
    return float(min(LONGEST, PAUSE * 2 ** min(count - FREE, 20)))


def digest(password: str) -> bytes:
    """Of equal length for every password, so that comparing tells nothing about its length."""
    return hashlib.sha256(plain(password).encode(errors="replace")).digest()


def plain(password: str) -> str:
    """A password without what is not heard when it is said: case, blanks, hyphens, wide letters.

    One of nothing else is compared as it is.
    """
    wide = unicodedata.normalize("NFKC", password)
    return re.sub(r"[\s\-_\u2010-\u2015]+", "", wide).casefold() or password.strip()
