"""What a page that runs for long writes down: lines for people, or JSON for programs.

No text of anybody stands in it. A message is one of ours, the source's own words; of an error that
nobody foresaw only its kind and where it came from are told, for its words may hold what was sent.
"""

import json
import logging
import sys
import time
import traceback
from contextvars import ContextVar
from typing import Any

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is answered in this thread; empty outside of any."""


def as_json(fields: dict[str, Any]) -> str:
    """One line: the time in UTC, what is known of the request, and `fields`."""
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    told = {"time": f"{stamp}.{int(now % 1 * 1000):03}Z"} | fields
    if request := REQUEST.get():
        told["request"] = request
    return json.dumps(told, ensure_ascii=False)


class JsonLines(logging.Formatter):
    """A record of Python's logging as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Level, logger and message; of an error its kind, and the lines that led to it."""
        fields: dict[str, Any] = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            kind, _, trace = record.exc_info
            fields["error"] = kind.__name__
            fields["trace"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(trace)
            ]
        return as_json(fields)


def write_json() -> None:
    """Have everything that is logged from now on be JSON lines on standard error."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonLines())


def write_line(fields: dict[str, Any]) -> None:
    """Write one JSON line beside what Python's logging writes."""
    sys.stderr.write(as_json(fields) + "\n")
