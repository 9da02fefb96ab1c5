"""Exports of messengers: who wrote what and when; date lines and notices are no messages."""

import re
from collections.abc import Iterable, Iterator

from sentiment.tables.layout import Fields

COLUMNS = ["name", "time", "text"]

TIME = r"(?:(?:오전|오후|AM|PM)\s*)?\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AaPp][Mm])?"
DATE = (
    r"(?:\d{4}\s*[년./-]\s*\d{1,2}\s*[월./-]\s*\d{1,2}\s*[일.]?"
    r"|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?"
    r"|[A-Z][a-z]{2,8} \d{1,2}, \d{4}(?: at)?)"
)
WHEN = rf"{DATE},? {TIME}"
DAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, )"

MESSAGES = (
    re.compile(rf"\[(?P<name>[^\]]+)\] \[(?P<time>{TIME})\] (?P<text>.*)"),
    re.compile(rf"(?P<time>{WHEN}),? (?:- )?(?P<name>[^:]{{1,40}}?) ?: (?P<text>.*)"),
    re.compile(rf"\[(?P<time>{WHEN}|{TIME})\] (?P<name>[^:]{{1,40}}?) ?: (?P<text>.*)"),
    re.compile(rf"(?P<time>{TIME})\t(?P<name>[^\t]+)\t(?P<text>.*)"),
    re.compile(rf"(?P<time>{TIME}) (?P<name>[^\s:]+) (?P<text>.*)"),
    re.compile(rf"\[(?P<time>{WHEN}|{TIME})\] (?P<name>[^:\]]{{1,40}})(?P<text>)"),
    re.compile(rf"(?P<name>[^:\[\]]{{1,40}}?),? \[?(?P<time>{WHEN})\]?:?(?P<text>)"),
)
"""KakaoTalk on a computer and a phone, WhatsApp, LINE; Discord, Teams and Telegram put the name on
a line of its own."""

NOTICE = re.compile(
    rf"-{{3,}}.*|{DATE}[\s,(]*\S*요일\)?|{WHEN}|.*님이 .{{0,30}}(?:들어왔|나갔|내보)\S*"
    rf"|(?:{WHEN},? )?.*님을 초대(?:했습니다|하였습니다)\S*"
    rf"|{DATE}\s*\(?\S{{1,3}}\)?|{DAY}?{DATE}"
    r"|.*(?:님과|님들과|그룹) ?카카오톡 대화|KakaoTalk Chats with .*|.* with KakaoTalk Chats"
    r"|(?:저장한 날짜|저장 시간|Date Saved|Saved on) ?:.*"
    rf"|\[LINE\] .*|\[{WHEN}\] .*|{WHEN}(?: -|:) .*"
)
"""Lines that are none of a message: dates, comings and goings."""

INVISIBLE = "\ufeff\u200e\u200f\r\n"
"""What messengers put before and behind a line."""

LEAST, SHARE = 3, 0.3
"""Lines that begin a message, and their share; some have the name on a line of its own."""


def is_chat(sample: list[str]) -> bool:
    """Whether most lines of a text begin a message or are notices."""
    lines = [line.strip(INVISIBLE) for line in sample if line.strip()]
    begun = sum(any(each.fullmatch(line) for each in MESSAGES) for line in lines)
    return begun >= LEAST and begun >= SHARE * len(lines)


def messages(lines: Iterable[str]) -> Iterator[Fields]:
    """The messages: name, time, text; lines that begin none belong to the one before."""
    found: list[str] | None = None
    for raw in lines:
        line = raw.strip(INVISIBLE)
        match = next(filter(None, (each.fullmatch(line) for each in MESSAGES)), None)
        if match:
            if found:
                yield found, None
            found = [match[name] for name in COLUMNS]
        elif NOTICE.fullmatch(line.strip()):
            continue
        elif found and line.strip():
            found[2] += f"\n{line}" if found[2] else line
    if found:
        yield found, None
