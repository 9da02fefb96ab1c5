"""How often a password may be tried."""

import hashlib
import hmac
import math
import threading
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PER_ADDRESS, IN_TOTAL = parse("5/minute"), parse("60/hour")
"""Wrong passwords taken from one address, and from all together."""


@dataclass(frozen=True)
class Verdict:
    """What became of a password; while there are seconds to `wait`, even the right one is not."""

    right: bool
    wait: int = 0


class Attempts:
    """Compares passwords, and bounds how many wrong ones are taken."""

    def __init__(self, password: str) -> None:
        """Spaces around a password do not count: phones add them."""
        self._password = digest(password)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()  # or a burst would all be looked at before the first counts

    def judge(self, candidate: str, sender: str) -> Verdict:
        """Whether `candidate`, sent from the address `sender`, is the password."""
        limits = ((PER_ADDRESS, sender), (IN_TOTAL, "all"))
        with self._lock:
            if wait := max(self._wait(limit, name) for limit, name in limits):
                return Verdict(False, wait)
            if hmac.compare_digest(digest(candidate), self._password):
                return Verdict(True)
            for limit, name in limits:
                self._limiter.hit(limit, name)
            return Verdict(False)

    def _wait(self, limit: RateLimitItem, name: str) -> int:
        """Seconds until `name` may try again; 0 for now."""
        if self._limiter.test(limit, name):
            return 0
        reset = self._limiter.get_window_stats(limit, name).reset_time
        return max(1, math.ceil(reset - time.time()))


def digest(password: str) -> bytes:
    """Of equal length for every password, so that comparing tells nothing about its length."""
    return hashlib.sha256(password.strip().encode(errors="replace")).digest()
