"""What several processes that serve one page must have in common, and how each of them behaves."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

from sentiment.settings.declared import option

DATA = Path(platformdirs.user_data_dir("korean-sentiment", appauthor=False))
"""Where what must survive a restart is kept, unless SENTIMENT_DATA names another folder."""

LogFormat = Literal["text", "json"]
"""Lines for people, or one JSON object a line for a program that collects them."""

NOTICING = 5
"""Seconds that a proxy is given by default to notice that a page is leaving."""


@dataclass(frozen=True)
class Replicas:
    """The settings of a page that is served by several processes, or from behind a proxy.

    `data`: folder of the SQLite file, uploads and results.
    `database`: address of a PostgreSQL that keeps jobs, answers and feedback; empty: SQLite in
    the data folder. `redis`: address of what counts attempts and limits for all; empty: each
    process counts for itself. `files`: the folder or fsspec address that all take uploads from;
    empty: the data folder. `secret_key`: signs cookies; empty: a new one with every start.
    `proxy_hops`: how many proxies a request passes, each of which writes who sent it; None:
    not said. `drain`: seconds for which a process that was told to end takes requests still,
    while it says that it is not ready. `threads`: cores of the model; 0: all. `password`: what
    visitors must know where there is no tunnel; None leaves the page open.
    """

    data: Path = option(
        DATA,
        "올린 파일, 결과, 의견을 두는 곳. Where uploads, results and feedback are kept.",
        metavar="DIR",
        shown="사용자 폴더 · the user's own",
    )
    database: str = option(
        "",
        "작업과 의견을 두는 PostgreSQL 주소. "
        "Address of the PostgreSQL that keeps jobs and feedback of all replicas.",
        metavar="ADDRESS",
        shown="데이터 폴더의 SQLite · SQLite in the data folder",
    )
    redis: str = option(
        "",
        "비밀번호 시도와 횟수 제한을 함께 세는 Redis 주소. "
        "Address of the Redis that counts attempts and limits for all replicas.",
        metavar="ADDRESS",
        shown="따로 셉니다 · each counts for itself",
    )
    files: str = option(
        "",
        "올린 파일을 함께 두는 폴더나 fsspec 주소. "
        "Folder or fsspec address (s3://...) where all replicas keep uploads.",
        metavar="DIR|ADDRESS",
        shown="데이터 폴더 · the data folder",
    )
    secret_key: str = option(
        "",
        "쿠키를 서명하는 비밀 값. 여러 서버가 같은 값을 씁니다. "
        "Signs cookies; the same for all replicas. Better set by its variable.",
        metavar="TEXT",
        shown="시작할 때마다 새로 · new with every start",
    )
    password: str | None = option(
        None,
        "공유하지 않을 때 방문자 비밀번호. "
        "Visitors' password where the page is not shared by --share.",
        metavar="TEXT",
    )
    proxy: bool = option(
        False,
        "이 컴퓨터의 리버스 프록시 뒤에서 엽니다: 여기서 온 요청도 방문자로 봅니다. "
        "Behind a reverse proxy on this computer: who comes from here is a visitor too.",
    )
    proxy_hops: int | None = option(
        None,
        "앞에 있는 프록시 수. 그만큼의 X-Forwarded-For를 믿습니다. "
        "How many proxies stand before the page; so many entries of X-Forwarded-For are believed.",
        metavar="N",
        least=0,
        most=16,
    )
    drain: int | None = option(
        None,
        "SIGTERM 뒤에 요청을 더 받는 초. 그동안 /readyz는 503입니다. "
        "Seconds in which requests are taken still after SIGTERM, while /readyz says 503 "
        "(default: 0; behind a proxy 5).",
        metavar="SECONDS",
        least=0,
        most=3600,
    )
    threads: int = option(
        0,
        "모델이 쓰는 코어 수. Cores that the model takes.",
        metavar="N",
        least=0,
        most=1024,
        shown="모두 · all",
    )
    log_format: LogFormat = option(
        "text",
        "기록의 모양. json: 한 줄에 하나씩. text, or json: one object a line, requests too.",
    )

    @property
    def shared(self) -> bool:
        """Whether other processes may serve the same page."""
        return bool(self.database or self.redis or self.files)

    @property
    def store(self) -> Path | str:
        """Where jobs and feedback are: the folder of the SQLite file, or a database's address."""
        return self.database or self.data

    @property
    def folder(self) -> Path:
        """The folder of uploads here: what all replicas share, or a copy of it."""
        return Path(self.files) if self.files and "://" not in self.files else self.data

    @property
    def remote(self) -> str:
        """The fsspec address of uploads; empty where a folder holds them."""
        return self.files if "://" in self.files else ""

    @property
    def proxied(self) -> bool:
        """Whether requests come through a proxy."""
        return self.proxy or bool(self.proxy_hops)

    @property
    def leaving(self) -> float:
        """Seconds in which requests are taken still, once the process was told to end."""
        return self.drain if self.drain is not None else NOTICING if self.proxied else 0
