"""How often a password may be tried."""

import hashlib
import hmac
import math
import re
import threading
import time
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass

FREE = 5
"""Wrong passwords of one sender that are followed by no pause."""

PAUSE, LONGEST = 30.0, 3600.0
"""Seconds of the first pause, which doubles with every wrong password after it, and of the last."""

FORGOTTEN = 24 * 3600.0
"""Seconds after the last wrong password when a sender begins anew."""

SENDERS = 100_000
"""Senders that are remembered, those that tried last."""


@dataclass(frozen=True)
class Verdict:
    """What became of a password; while there are seconds to `wait`, even the right one is not."""

    right: bool
    wait: int = 0


@dataclass
class Wrong:
    """How many wrong passwords a sender has tried, the last one when, and the end of the pause."""

    count: int = 0
    last: float = 0.0
    until: float = 0.0


class Attempts:
    """Compares passwords, and has who tries wrong ones wait: longer each time, and nobody else.

    There is no limit for all together, by which strangers could keep everybody out.
    """

    def __init__(self, password: str) -> None:
        """What `plain` leaves out does not count."""
        self._password = digest(password)
        self._wrong: OrderedDict[str, Wrong] = OrderedDict()
        self._lock = threading.Lock()  # or a burst would all be looked at before the first counts

    def judge(self, candidate: str, sender: str) -> Verdict:
        """Whether `candidate`, sent by `sender`, is the password; looks and counts in one step."""
        now = time.monotonic()
        with self._lock:
            wrong = self._wrong.get(sender) or Wrong()
            if wrong.until > now:
                return Verdict(False, math.ceil(wrong.until - now))
            if hmac.compare_digest(digest(candidate), self._password):
                self._wrong.pop(sender, None)
                return Verdict(True)
            if now - wrong.last > FORGOTTEN:
                wrong = Wrong()
            wrong.count += 1
            wrong.last = now
            wrong.until = now + pause(wrong.count)
            self._wrong[sender] = wrong
            self._wrong.move_to_end(sender)
            if len(self._wrong) > SENDERS:
                self._wrong.popitem(last=False)
            return Verdict(False)


def pause(count: int) -> float:
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
