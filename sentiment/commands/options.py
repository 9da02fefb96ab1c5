"""The options of the command line, in groups that commands share."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import click

from sentiment.settings import Settings
from sentiment.settings.declared import Option


def options(*chosen: Callable[..., Any]) -> Callable[..., Any]:
    """Several click options as one decorator, in the order given."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(chosen):
            command = option(command)
        return command

    return decorate


class Switch(click.Choice[str]):
    """One of some values, or a yes or no as variables have it: ``1`` is the value given alone."""

    def __init__(self, choices: list[str], alone: str) -> None:
        super().__init__(choices)
        self.alone = alone

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The choice; empty for none."""
        word = str(value).strip().casefold()
        if word in ("", "0", "false", "no", "off"):
            return ""
        if word in ("1", "true", "yes", "on"):
            return self.alone
        return super().convert(value, param, ctx)


def settings_options(*names: str) -> Callable[..., Any]:
    """The options of some settings, as `Settings` declares them."""
    declared = {each.name: each for each in fields(Settings)}
    types = get_type_hints(Settings)
    return options(*(made(declared[name], types[name]) for name in names))


def made(setting: Any, kind: Any) -> Callable[..., Any]:
    """The click option of a field of `Settings`, whose type is `kind`."""
    about: Option = setting.metadata["option"]
    more: dict[str, Any] = {"default": setting.default, "show_default": about.shown or True}
    if kind is bool:
        more = {"is_flag": True}
    elif get_origin(kind) is tuple:
        more = {"multiple": True}
    elif setting.default is None:
        more = {}
    if kind in (int, int | None):
        more["type"] = click.IntRange(about.least, about.most)
    elif kind is Path:
        more["type"] = click.Path(path_type=Path, file_okay=False)
    elif about.alone:
        choice = Switch([value for value in get_args(kind) if value], about.alone)
        more = {"default": "", "is_flag": False, "flag_value": about.alone, "type": choice}
    elif get_origin(kind) is Literal:
        more["type"] = click.Choice(get_args(kind), case_sensitive=False)
    return click.option(
        about.flag or f"--{setting.name.replace('_', '-')}",
        setting.name,
        envvar=f"SENTIMENT_{setting.name.upper()}" if about.variable else None,
        metavar=about.metavar,
        help=about.help,
        **more,
    )


debug_option = click.option(
    "--debug", is_flag=True, help="오류의 자세한 내용. Show tracebacks and logs."
)

pretrained_option = settings_options("pretrained")
model_options = options(
    settings_options(
        *("model", "pretrained", "label_names", "max_seq_length", "backend", "precision"),
        *("text_form", "threads"),
    ),
    debug_option,
)
address_options = settings_options("host", "port")
serve_options = options(
    settings_options("data", "keep_hours", "feedback", "trusted_hosts", "mcp"),
    settings_options("proxy", "visitor_rate", "visitor_uploads"),
    settings_options("password", "secret_key", "database", "redis", "files"),
    settings_options("proxy_hops", "drain", "log_format"),
    settings_options("root_path", "allow_frames", "allow_origins"),
    click.option(
        "--open/--no-open",
        "open_browser",
        default=None,
        help="브라우저를 열어요. Open the browser (default: when run in a terminal).",
    ),
)
share_options = settings_options("share", "share_password", "share_open", "share_domain")

table_options = options(
    click.option(
        "--text-column",
        default="",
        metavar="NAME",
        help="문장의 열(없으면 찾아요). The column of the texts (default: it is found).",
    ),
    click.option(
        "--label-column",
        default="",
        metavar="NAME",
        help="정답의 열(없으면 찾아요). The column of the right answers (default: it is found).",
    ),
    click.option(
        "--labels",
        default="",
        metavar="VALUE=MEANING,...",
        help="정답 값의 뜻, 예: 0=negative,1=neutral,2=positive. "
        "What the values of the label column mean.",
    ),
    click.option(
        "--header/--no-header",
        default=None,
        help="첫 줄이 열 이름인지(없으면 알아내요). "
        "Whether the first row names the columns (default: it is found out).",
    ),
    click.option(
        "--delimiter",
        default="",
        metavar="MARK",
        help="열을 나누는 글자, tab도 돼요. What separates the columns; tab works, too.",
    ),
    click.option("--encoding", default="", metavar="NAME", help="인코딩: utf-8, cp949, ..."),
    click.option("--sheet", default="", metavar="NAME", help="통합 문서의 시트. Of a workbook."),
    click.option(
        "--skip-rows",
        type=click.IntRange(0),
        metavar="N",
        help="열 이름 위에 있는 줄 수(빈 줄은 빼고). Rows above the names, blank ones not counted.",
    ),
)

TABLE = ("text_column", "label_column", "header", "delimiter", "encoding", "sheet", "skip_rows")


def said(values: dict[str, Any]) -> dict[str, Any]:
    """Take what `table_options` say out of `values`, as fields of `Said`; raises `DataError`."""
    from sentiment.tables.layout import separator
    from sentiment.tables.scales import parsed

    found = {name: values.pop(name) for name in TABLE}
    found["delimiter"] = separator(found["delimiter"])
    return found | {"labels": parsed(values.pop("labels"))}


export_options = options(
    click.argument("model", metavar="MODEL"),
    click.option(
        "-o",
        "--output",
        required=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="만들 폴더. The folder to make.",
    ),
    settings_options("pretrained", "label_names", "precision"),
    click.option(
        "--sentences",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="원래 모델과 견줄 문장: 한 줄에 하나, 또는 리뷰 파일(.tsv, .tsv.xz). "
        "What to compare with the original on: a sentence a line, or a review file.",
    ),
    click.option(
        "--int8-only",
        is_flag=True,
        help="작게: 8비트 모델과 받은 그대로의 가중치만. "
        "Small: the 8-bit model, and the weights as they were given.",
    ),
    click.option(
        "--exact-only",
        is_flag=True,
        help="8비트 모델 없이, 가중치는 받은 그대로. "
        "No 8-bit model, and the weights as they were given.",
    ),
    debug_option,
)
